"""Why recovery says no: one class per reason, each with its row of the cause table."""

from accounts.refusals import Refusal


class ClaimUnknown(Refusal):
    """Reference and PIN do not belong together; says nothing about which exists."""

    code = "A1"


class PinWrong(ClaimUnknown):
    """The same, at the price of a try; known and unknown references count alike."""

    code = "A7"

    def __init__(self, *, tries_left: int) -> None:
        """Keep how many tries are left before the reference locks."""
        super().__init__(tries_left=tries_left)


class LastPin(ClaimUnknown):
    """The same, with one try left."""

    code = "A8"


class ClaimLocked(Refusal):
    """The PIN of this reference was typed wrongly too often, for good."""

    code = "A2"
    is_flood = True


class GrantInvalid(Refusal):
    """The grant is used, revoked or over, or was mistyped too often: one answer for all."""

    code = "A3"


class GrantPartWrong(GrantInvalid):
    """The second part is wrong, and may be typed again."""

    code = "A9"

    def __init__(self, *, tries_left: int) -> None:
        """Keep how many tries are left before the grant is revoked."""
        super().__init__(tries_left=tries_left)


class NotConfirmed(Refusal):
    """No further round of questions for this username now; the same for unknown ones."""

    code = "A4"


class CaseNotOpen(Refusal):
    """The case is at another step than this action needs."""

    code = "A5"

    def __init__(self, state: str) -> None:
        """Keep where the case stands."""
        super().__init__(state=state)
        self.state = state


class OtherBrowser(Refusal):
    """The claim belongs to a browser, and this is not it."""

    code = "A6"


class NotAllowed(Refusal):
    """This person's role does not allow the action."""

    code = "G1"


class MayNotDecide(Refusal):
    """Somebody who has worked on a case, or is its subject, never decides it."""

    code = "G2"


class NotYours(Refusal):
    """The case, or its review, is in somebody else's hands."""

    code = "G3"


class TooQuick(Refusal):
    """An approval opens only after the shortest review time."""

    code = "G4"


class CaseMoved(Refusal):
    """Somebody else did something to the case meanwhile."""

    code = "G6"


class KeyCodeOffered(Refusal):
    """An answer looks like a Key code, which no agent may take."""

    code = "G7"


class TooManyCases(Refusal):
    """As many cases in hand as one person may have."""

    code = "G8"


class NotComplete(Refusal):
    """Something that this action needs has not been given."""

    code = "F1"
