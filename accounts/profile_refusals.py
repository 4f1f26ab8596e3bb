"""The refusals of what customers keep up to date themselves: security questions, contact details."""

from datetime import datetime

from accounts.policies.security_answers import Fault
from accounts.refusals import Refusal
from portal.lib import time_format


class AnswerRefused(Refusal):
    """An answer to a security question cannot be used. ``question``: its name."""

    code = "Q1"

    def __init__(self, *, question: str = "") -> None:
        super().__init__()
        self.question = question


class AnswerRepeated(AnswerRefused):
    """The same answer, or the same question, twice."""

    code = "Q2"


class AnswerKnown(AnswerRefused):
    """The answer is a name of the customer or the username."""

    code = "Q3"


class AnswerInQuestion(AnswerRefused):
    """The question contains the answer."""

    code = "Q4"


_FAULTS = {Fault.REPEATED: AnswerRepeated, Fault.KNOWN: AnswerKnown, Fault.IN_QUESTION: AnswerInQuestion}


def answer_refused(fault: Fault, *, question: str) -> AnswerRefused:
    """Return the refusal for what is wrong with an answer."""
    return _FAULTS.get(fault, AnswerRefused)(question=question)


class QuestionsOff(Refusal):
    """This installation asks no security questions."""

    code = "Q5"


class SessionEnded(Refusal):
    """The session was ended elsewhere while what it asked for was worked on."""

    code = "S2"


class AddressUnchanged(Refusal):
    """The new e-mail address is the present one."""

    code = "D1"


class AddressJustChanged(Refusal):
    """The last change of the address can still be stopped, or was; the next one has to wait until ``until``."""

    code = "D2"

    def __init__(self, *, until: datetime) -> None:
        super().__init__(until=time_format.time_words(until, pattern="j F Y, H:i"))
        self.until = until


class PhoneUnreadable(Refusal):
    """Not a phone number with its country code."""

    code = "D4"


class ChangeOver(Refusal):
    """No new address waits for its code: confirmed, replaced or too old, or everything was ended since."""

    code = "D5"


class NothingToStop(Refusal):
    """No change of the address can be stopped any more."""

    code = "D6"
