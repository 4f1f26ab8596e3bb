"""What follows when a proof of a log-in ends, by why it ended."""

from typing import TYPE_CHECKING

from accounts.enums import Action, EndReason

if TYPE_CHECKING:
    from collections.abc import Mapping

# A move is made by whoever holds the phone and has just proved the new one: nobody else can be signed in by it.
ENDS_OTHER_SIGN_INS = frozenset(EndReason) - {EndReason.MOVED}

_RECORDED: "Mapping[EndReason, Action]" = {EndReason.MOVED: Action.KEY_MOVED, EndReason.LOST: Action.PHONE_LOST}
_TOLD: "Mapping[EndReason, str]" = {EndReason.MOVED: "key_moved", EndReason.LOST: "phone_lost"}


def action_of(reason: EndReason) -> Action:
    """Return what the record says of a Key that ended for this reason."""
    return _RECORDED.get(reason, Action.KEY_ENDED)


def notice_of(reason: EndReason) -> str:
    """Return the kind of notice its owner gets."""
    return _TOLD.get(reason, "key_off")
