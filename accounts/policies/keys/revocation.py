"""The event and the notice when a Key ends, by the reason. A transfer is announced by its new Key."""

from typing import TYPE_CHECKING

from accounts import notice_kinds
from accounts.enums import Action, EndReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.outbox.kinds import NoticeKind

_RECORDED: "Mapping[EndReason, Action]" = {EndReason.LOST: Action.PHONE_LOST}
_TOLD: "Mapping[EndReason, NoticeKind]" = {EndReason.LOST: notice_kinds.PHONE_LOST}


def action_of(reason: EndReason) -> Action:
    """Return the event to record."""
    return _RECORDED.get(reason, Action.KEY_ENDED)


def notice_of(reason: EndReason) -> "NoticeKind":
    """Return the kind of notice for its owner."""
    return _TOLD.get(reason, notice_kinds.KEY_OFF)
