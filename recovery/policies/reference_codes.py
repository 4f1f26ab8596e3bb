"""Codes that people read out and type: case references and grant parts. 24 characters, no look-alikes."""

from portal.lib.code_alphabet import ALPHABET, is_made_of, plain

CLAIM_PREFIX = "RC"
_BODY = 7
GRANT_PART_LENGTH = 8
PIN_LENGTH = 6


def check_character(body: str) -> str:
    """Return the check character, which catches nearly every single slip or swap before it costs an attempt."""
    total = sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(body))
    return ALPHABET[total % 23]


def claim_reference(body: str) -> str:
    """Return RC-XXXX-XXXX for a body of 7 characters; the last one is the check character."""
    text = body + check_character(body)
    return f"{CLAIM_PREFIX}-{text[:4]}-{text[4:]}"


def read_claim_reference(typed: str) -> str | None:
    """Return the canonical form of a claim reference, or None if it cannot be one."""
    text = plain(typed).removeprefix(CLAIM_PREFIX)
    if not is_made_of(text, _BODY + 1) or check_character(text[:-1]) != text[-1]:
        return None
    return f"{CLAIM_PREFIX}-{text[:4]}-{text[4:]}"


def looks_like_key_code(typed: str) -> bool:
    """Tell whether six digits were typed where no six-digit code belongs (a relayed Key code)."""
    text = plain(typed)
    return len(text) == 6 and text.isascii() and text.isdigit()
