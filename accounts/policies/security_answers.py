"""Answers to security questions: how they are folded, and which are good.

See docs/decisions/0027-answers-as-spoken.md.
"""

import enum
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

ANSWERS_NEEDED = 3
ANSWERS_AT_MOST = 5
FOLDING = 2  # stored with each answer; raise it whenever ``fold`` changes, and keep the older one
_FEWEST_SIGNS = 3
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02b9\u2032\u00b4`]")
_BARE_LETTERS = str.maketrans(
    {"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00e6": "ae", "\u0153": "oe", "\u00fe": "th", "\u0131": "i"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_BETWEEN_WORDS = ("P", "S", "Z", "C")  # general categories: punctuation, symbols, separators, control
_LIKE_ST = re.compile("saint|street")


class Fault(enum.StrEnum):
    """What is wrong with an answer."""

    SHORT = "short"
    REPEATED = "repeated"
    KNOWN = "known"
    IN_QUESTION = "in-question"


def words(typed: str) -> list[str]:
    """Return the words of a text as they sound when spoken: without case, accents, apostrophes and punctuation."""
    plain = _APOSTROPHES.sub("", first_fold(typed)).translate(_BARE_LETTERS)
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)))
    return "".join(" " if unicodedata.category(sign)[0] in _BETWEEN_WORDS else sign for sign in bare).split()


def fold(typed: str) -> str:
    """Return the form in which answers are hashed and compared: the spoken words, run together.

    "Saint" and "Street" become "st", which is how both are written short.
    """
    return _LIKE_ST.sub("st", "".join(words(typed)))


def first_fold(typed: str) -> str:
    """Return the form of answers hashed before ``FOLDING`` 2: only width, case and runs of white space are folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    return " ".join(folded.split())


def folded_as(version: int, typed: str) -> str:
    """Return the form that an answer of this version was hashed in."""
    return first_fold(typed) if version < FOLDING else fold(typed)


def faults(answers: Mapping[str, str], *, asked: Mapping[str, str], known: Collection[str]) -> dict[str, Fault]:
    """Return what is wrong with answers, by question; nothing for good ones.

    ``asked``: the text of each question. ``known``: names, username and the like, which anybody may know.
    """
    folded = {question: fold(answer) for question, answer in answers.items()}
    taken = {fold(text) for text in known} - {""}
    found: dict[str, Fault] = {}
    for question, answer in folded.items():
        if len(answer) < _FEWEST_SIGNS or len(set(answer)) == 1:
            found[question] = Fault.SHORT
        elif answer in taken:
            found[question] = Fault.KNOWN
        elif answer in fold(asked[question]):
            found[question] = Fault.IN_QUESTION
        elif list(folded.values()).count(answer) > 1:
            found[question] = Fault.REPEATED
    return found


def are_due(*, set_at: datetime | None, now: datetime, lifetime: timedelta) -> bool:
    """Tell whether answers are so old that they should be set again; so are those whose age is not known."""
    return set_at is None or now - set_at >= lifetime
