"""The alphabet of codes that people read out and type: 24 characters, no vowels, no look-alikes."""

import unicodedata

ALPHABET = "23456789CDFGHJKMNPQRTVWX"
PAIRING_LENGTH = 8


def plain(typed: str) -> str:
    """Return the text in upper case without spaces and dashes; full-width forms become ordinary ones."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in folded if sign.isalnum())


def is_made_of(text: str, length: int) -> bool:
    """Tell whether the text consists of that many characters of the alphabet."""
    return len(text) == length and set(text) <= set(ALPHABET)


def grouped(code: str, size: int = 4, *, by: str = " ") -> str:
    """Return a code in groups, for reading."""
    return by.join(code[start : start + size] for start in range(0, len(code), size))
