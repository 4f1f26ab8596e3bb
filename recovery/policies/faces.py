"""What a claimant may see of a case: the same for a name nobody has, and nothing of what another claim came to."""

from enum import StrEnum

from recovery.enums import State
from recovery.policies import moves


class Face(StrEnum):
    """What the page of a claim looks like."""

    OPEN = "open"
    VERIFYING = "verifying"
    CODE = "code"
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


_OWN: dict[State, Face] = {
    State.OPEN: Face.OPEN,
    State.VERIFYING: Face.VERIFYING,
    State.POSSESSION: Face.CODE,
    State.PROOFING: Face.PAPERS,
    State.REVIEW: Face.REVIEW,
    State.COOLING: Face.COOLING,
    State.PASS_READY: Face.READY,
    State.ENROLLING: Face.SETTING_UP,
    State.HOLD: Face.HOLD,
    State.DONE: Face.DONE,
    State.CONTESTED: Face.CONTESTED,
    State.REFUSED: Face.NOT_CONFIRMED,
    State.CANCELLED: Face.NOT_CONFIRMED,  # an owner who objects shows a stranger that the name exists
    State.WITHDRAWN: Face.NOT_CONFIRMED,  # by the owner; the claimant's own withdrawal closes the claim
    State.EXPIRED: Face.EXPIRED,
}

# We owe the next step in these, and say by when; in the others a clock or the claimant does.
OURS = frozenset({Face.OPEN, Face.VERIFYING, Face.STATEMENT, Face.REVIEW, Face.CONTESTED})
OVER = frozenset({Face.DONE, Face.NOT_CONFIRMED, Face.WITHDRAWN, Face.EXPIRED})


def face_of(state: str, *, is_own: bool, is_withdrawn: bool, has_code: bool) -> Face:
    """Return the face of a claim.

    ``is_own``: the case rests on this claim. Any other claim on the same name sees a case that waits for its
    turn, whatever the case has come to. ``has_code``: the e-mailed code was given.
    """
    if is_withdrawn:
        return Face.WITHDRAWN
    if is_own:
        face = _OWN[State(state)]
        return Face.STATEMENT if face == Face.CODE and has_code else face
    if not moves.is_terminal(state):
        return Face.OPEN
    return Face.EXPIRED if State(state) == State.EXPIRED else Face.NOT_CONFIRMED
