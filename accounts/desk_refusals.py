"""The refusals at the desk's page of a customer."""

from accounts.refusals import Refusal


class RoleMissing(Refusal):
    """The role of this member of staff does not allow it."""

    code = "G1"


class NotTheirCustomer(Refusal):
    """It is the record of the member of staff themselves, or of somebody whose recovery they work on."""

    code = "G19"


class SecondPersonNeeded(Refusal):
    """Whoever stopped the sign-in, or closed the report about it, does not allow it again; nor while one is open."""

    code = "G20"


class LookedAtLately(Refusal):
    """They have read this customer's page, so they must not ask the questions of a recovery."""

    code = "G21"
