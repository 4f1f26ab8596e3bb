"""Passwords that satisfy the rules and are tried first all the same: common words as people decorate them.

Made from ``data/common_words.txt`` and from walks over the keyboard; nothing is stored that these cannot make again.
See docs/decisions/0009-password-rules.md.
"""

import functools
from collections.abc import Iterator
from importlib import resources

_YEARS = range(2015, 2031)
_TAILS = ("1!", "12!", "123!", "1234!", "!1", "!123", "@1", "@123", "#1", "#123", "1#", "1$", "1.", "01!", "007!", "*1")
_LEET = str.maketrans({"a": "@", "o": "0", "i": "1", "e": "3", "s": "$"})
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHIFTED = str.maketrans("1234567890", "!@#$%^&*()")
_LONGEST_WALK = 5


@functools.lru_cache(maxsize=1)
def every() -> frozenset[str]:
    """Return all of them, case folded."""
    made = (*_decorated_words(), *_walks(), *_repeated())
    return frozenset(one.casefold() for one in made)


def _decorated_words() -> Iterator[str]:
    source = resources.files("accounts.policies") / "data" / "common_words.txt"
    for word in source.read_text(encoding="utf-8").split():
        for form in dict.fromkeys((word, word.translate(_LEET))):
            yield from (form + tail for tail in _TAILS)
            yield from (f"{form}{year}{sign}" for year in _YEARS for sign in "!@#")


def _walks() -> Iterator[str]:
    """Yield walks down or along the keyboard and back up: 1qaz@WSX, Zaq1@wsx, Qwer1234!, !QAZ2wsx."""
    columns = ["".join(row[at] for row in _ROWS if at < len(row)) for at in range(len(_ROWS[0]))]
    ways = [way for column in columns for way in (column, column[::-1])]
    for one in ways:
        for other in ways:
            yield from (one.translate(_SHIFTED) + other, one + other.translate(_SHIFTED))
    sizes = range(3, _LONGEST_WALK + 1)
    runs = [row[at : at + size] for row in _ROWS for size in sizes for at in range(len(row) - size)]
    digits = [run for run in runs if run.isdigit()]
    yield from (f"{run}{digit}{sign}" for run in runs if run.isalpha() for digit in digits for sign in "!@#$")


def _repeated() -> Iterator[str]:
    """Yield short pieces, typed twice or three times: Aa1!Aa1!, Ab1@Ab1@."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    pairs = [first + second for first in letters for second in (first, letters[(letters.index(first) + 1) % 26])]
    pieces = [f"{pair}{digit}{sign}" for pair in pairs for digit in "1230" for sign in "!@#$"]
    yield from (piece * times for piece in pieces for times in (2, 3))
