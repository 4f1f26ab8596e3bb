"""The refusals about the firm's own people."""

from accounts.refusals import Refusal


class NotAnOperator(Refusal):
    """Only operators may do this."""

    code = "G1"


class OwnMatter(Refusal):
    """It concerns the operator themselves, or they have had their part in it: another person has to do it."""

    code = "G9"


class UsernameTaken(Refusal):
    """Somebody has this username, or had it once."""

    code = "G10"


class PersonKnown(Refusal):
    """Somebody with this e-mail address or telephone number works here already, as ``username``."""

    code = "G11"


class RolesApart(Refusal):
    """One person must not combine these roles, not even with two usernames."""

    code = "G12"


class RoleWaiting(Refusal):
    """A role of this colleague waits for another operator already."""

    code = "G13"


class AlreadyDone(Refusal):
    """Another operator was quicker, or it was so before: there is nothing left to do."""

    code = "G18"


class HasLeft(Refusal):
    """This colleague has left the firm."""

    code = "G14"


class NobodyByThatNumber(Refusal):
    """There is no customer with this number, or the customer is known as another employee already."""

    code = "G15"


class HasOperator(Refusal):
    """There is an operator, who can invite colleagues."""

    code = "G16"


class InvitationWrong(Refusal):
    """Username and parts do not fit, or the invitation is over; the same for usernames nobody has."""

    code = "V1"


class InvitationOver(Refusal):
    """The invitation was used, withdrawn or replaced since its parts were typed."""

    code = "V2"


class StaffKeyMissing(Refusal):
    """A member of staff has a password but no Key: a new invitation sets up both."""

    code = "V3"
