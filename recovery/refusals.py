"""The refusals of recovery: one class per reason, each with its row of the cause table."""

from accounts.refusals import DetailsWrong, Refusal


class ClaimUnknown(Refusal):
    """Reference and PIN do not match; does not say which of them exists."""

    code = "A1"


class PinWrong(ClaimUnknown):
    """The same, with an attempt counted; known and unknown references count alike."""

    code = "A7"

    def __init__(self, *, tries_left: int) -> None:
        super().__init__(tries_left=tries_left)


class LastPin(ClaimUnknown):
    """The same, with one attempt left."""

    code = "A8"


class ClaimLocked(Refusal):
    """The PIN of this reference was wrong too often; locked for good."""

    code = "A2"
    is_flood = True


class GrantInvalid(Refusal):
    """The grant is used, revoked or expired, or was mistyped too often: the same answer for all."""

    code = "A3"


class GrantPartWrong(GrantInvalid):
    """The second part is wrong; it may be typed again."""

    code = "A9"

    def __init__(self, *, tries_left: int) -> None:
        super().__init__(tries_left=tries_left)


class ResetOver(Refusal):
    """The password reset took too long, is done or was ended, or this step of it is not open."""

    code = "R7"


class ResetDetailsWrong(DetailsWrong):
    """The same as for a Key, with help for somebody who forgot a password."""

    code = "R2"


class NotConfirmed(Refusal):
    """No further round of questions for this username at the moment; the same for unknown ones."""

    code = "A4"


class CaseNotOpen(Refusal):
    """The case is not in the state this action needs."""

    code = "A5"

    def __init__(self, state: str) -> None:
        super().__init__(state=state)
        self.state = state


class OtherBrowser(Refusal):
    """The claim belongs to a browser, and this is not it."""

    code = "A6"


class NotAllowed(Refusal):
    """This person's role does not allow the action."""

    code = "G1"


class MayNotDecide(Refusal):
    """The person worked on the case or owns it, so may not decide it."""

    code = "G2"


class NotYours(Refusal):
    """The case, or its review, is assigned to somebody else."""

    code = "G3"


class TooQuick(Refusal):
    """The minimum review time before an approval has not passed."""

    code = "G4"


class TooFewSeniors(Refusal):
    """Two seniors must decide, and there are not two who have had no part in the case."""

    code = "G17"


class CaseMoved(Refusal):
    """Somebody else has changed the case meanwhile."""

    code = "G6"


class KeyCodeOffered(Refusal):
    """An answer looks like a Key code, which no agent may take."""

    code = "G7"


class TooManyCases(Refusal):
    """The agent has the maximum number of cases."""

    code = "G8"


class NotComplete(Refusal):
    """Something that this action requires is missing."""

    code = "F1"
