"""Telephone numbers as customers type them, in the international form of ITU-T E.164."""

import re
import unicodedata

_NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[\s().\-/\u2010-\u2015]")


def read(typed: str) -> str | None:
    """Return the number as + and digits, or None if it is not one with its country code.

    Only the form is checked: whether somebody answers, no table of numbers can tell.
    """
    plain = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", typed))
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    return plain if _NUMBER.fullmatch(plain) else None
