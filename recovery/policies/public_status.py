"""What a claimant may see of a case: the same for unknown usernames, and nothing about other claims."""

from enum import StrEnum

from recovery.enums import State
from recovery.policies import state_machine


class PublicStatus(StrEnum):
    """The status on a claim's page."""

    OPEN = "open"
    VERIFYING = "verifying"
    POSSESSION = "possession"
    STATEMENT = "statement"
    PAPERS = "papers"
    REVIEW = "review"
    COOLING = "cooling"
    READY = "ready"
    SETTING_UP = "setting_up"
    HOLD = "hold"
    DONE = "done"
    CONTESTED = "contested"
    NOT_CONFIRMED = "not_confirmed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_OWN: dict[State, PublicStatus] = {
    State.OPEN: PublicStatus.OPEN,
    State.VERIFYING: PublicStatus.VERIFYING,
    State.POSSESSION: PublicStatus.POSSESSION,
    State.PROOFING: PublicStatus.PAPERS,
    State.REVIEW: PublicStatus.REVIEW,
    State.COOLING: PublicStatus.COOLING,
    State.GRANT_READY: PublicStatus.READY,
    State.ENROLLING: PublicStatus.SETTING_UP,
    State.HOLD: PublicStatus.HOLD,
    State.DONE: PublicStatus.DONE,
    State.CONTESTED: PublicStatus.CONTESTED,
    State.REFUSED: PublicStatus.NOT_CONFIRMED,
    State.CANCELLED: PublicStatus.NOT_CONFIRMED,  # an owner's objection would show a stranger that the username exists
    State.WITHDRAWN: PublicStatus.NOT_CONFIRMED,  # by the owner; the claimant's own withdrawal closes the claim
    State.EXPIRED: PublicStatus.EXPIRED,
}

# We owe the next step in these, and say by when; in the others the worker or the claimant does.
OURS = frozenset(
    {PublicStatus.OPEN, PublicStatus.VERIFYING, PublicStatus.STATEMENT, PublicStatus.REVIEW, PublicStatus.CONTESTED}
)
OVER = frozenset({PublicStatus.DONE, PublicStatus.NOT_CONFIRMED, PublicStatus.WITHDRAWN, PublicStatus.EXPIRED})


def of(state: str, *, is_own: bool, is_withdrawn: bool, is_proved: bool) -> PublicStatus:
    """Return the status shown for a claim.

    ``is_own``: the case rests on this claim. Any other claim on the same name sees a case that waits for its
    turn, whatever its real state. ``is_proved``: knowledge and possession are enough.
    """
    if is_withdrawn:
        return PublicStatus.WITHDRAWN
    if is_own:
        status = _OWN[State(state)]
        return PublicStatus.STATEMENT if status == PublicStatus.POSSESSION and is_proved else status
    if not state_machine.is_terminal(state):
        return PublicStatus.OPEN
    return PublicStatus.EXPIRED if State(state) == State.EXPIRED else PublicStatus.NOT_CONFIRMED
