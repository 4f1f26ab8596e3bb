"""The refusals of what customers keep up to date themselves: security questions."""

from accounts.policies.security_answers import Fault
from accounts.refusals import Refusal


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
