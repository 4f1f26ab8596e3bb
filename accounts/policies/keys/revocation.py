"""What the record and the owner are told when a Key ends, by why it ended. Moves are told of by the Key that came."""

from typing import TYPE_CHECKING

from accounts.enums import Action, EndReason

if TYPE_CHECKING:
    from collections.abc import Mapping

_RECORDED: "Mapping[EndReason, Action]" = {EndReason.LOST: Action.PHONE_LOST}
_TOLD: "Mapping[EndReason, str]" = {EndReason.LOST: "phone_lost"}


def action_of(reason: EndReason) -> Action:
    """Return what the record says of it."""
    return _RECORDED.get(reason, Action.KEY_ENDED)


def notice_of(reason: EndReason) -> str:
    """Return the kind of notice its owner gets."""
    return _TOLD.get(reason, "key_off")
