"""The refusals about welcome letters and first sign-ins (FIRM-3): one class per reason, as in ``accounts.refusals``."""

from datetime import datetime

from accounts.refusals import DetailsWrong, Refusal
from portal.lib import time_format


class WelcomePairWrong(Refusal):
    """Username and welcome code do not open a first sign-in; does not say why, nor whether either is known."""

    code = "W3"


class FirstSignInOver(Refusal):
    """The first sign-in took too long, was stopped, or its letter was replaced."""

    code = "W4"


class WelcomeDetailsWrong(DetailsWrong):
    """The same as for a Key, with help for somebody who has a welcome letter."""

    code = "W5"


class AddressTooNew(Refusal):
    """A lost letter is not replaced until ``until``, because the postal address was changed lately."""

    code = "W6"

    def __init__(self, *, until: datetime) -> None:
        super().__init__(until=time_format.time_words(until, pattern="j F Y"))
        self.until = until


class LetterOfNoUse(Refusal):
    """A welcome letter would open nothing: the customer has signed in already, or sign-in is stopped or closed."""

    code = "W7"
