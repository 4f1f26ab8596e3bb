"""What the record and the owner are told when a Key ends, by why it ended. Moves are told of by the Key that came."""

from typing import TYPE_CHECKING

from accounts import notice_kinds
from accounts.enums import Action, EndReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.outbox.kinds import NoticeKind

_RECORDED: "Mapping[EndReason, Action]" = {EndReason.LOST: Action.PHONE_LOST}
_TOLD: "Mapping[EndReason, NoticeKind]" = {EndReason.LOST: notice_kinds.PHONE_LOST}


def action_of(reason: EndReason) -> Action:
    """Return what the record says of it."""
    return _RECORDED.get(reason, Action.KEY_ENDED)


def notice_of(reason: EndReason) -> "NoticeKind":
    """Return the kind of notice its owner gets."""
    return _TOLD.get(reason, notice_kinds.KEY_OFF)
