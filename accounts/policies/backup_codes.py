"""The form of backup codes, and when few are left (KEY-13)."""

from portal.lib import code_alphabet

LENGTH = 8  # 24^8 codes, 36 bits
COUNT = 10
FEW = 2


def read(typed: str) -> str | None:
    """Return the eight characters of a code in capitals, or None if this is not a code.

    Accepts any ASCII letter or digit: an installation may bring codes that were made elsewhere.
    """
    text = code_alphabet.plain(typed)
    return text if len(text) == LENGTH and text.isascii() else None


def spaced(code: str) -> str:
    """Return the code in the form people read: XXXX-XXXX."""
    return code_alphabet.grouped(code, by="-")


def are_few(left: int) -> bool:
    """Tell whether it is time to make new ones."""
    return left <= FEW
