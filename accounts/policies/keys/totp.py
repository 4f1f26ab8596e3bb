"""Key codes (RFC 6238, six digits, 30 s): parsing them, and finding the step for which one is right."""

import base64
import binascii
import hmac
import unicodedata

from django_otp.oath import hotp

PERIOD = 30
DIGITS = 6
_LEFT_OUT = {"Zs", "Pd", "Cf"}  # Unicode's categories of spaces, dashes and invisible marks
_MINUS = "\u2212"


def read(typed: str) -> str | None:
    """Return six ASCII digits, or None if this is not a code.

    Full-width digits become ASCII (NFKC); spaces, dashes and invisible marks are dropped; nothing else is forgiven.
    """
    folded = unicodedata.normalize("NFKC", typed).strip()
    text = "".join(sign for sign in folded if sign != _MINUS and unicodedata.category(sign) not in _LEFT_OUT)
    return text if len(text) == DIGITS and text.isascii() and text.isdigit() else None


def decode_secret(secret: str) -> bytes:
    """Return the bytes of a base32 seed. Raises: ``ValueError``."""
    try:
        return base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    except binascii.Error as error:
        raise ValueError("not a base32 seed") from error


def at_step(seed: bytes, step: int) -> str:
    """Return the code of one time step."""
    return f"{hotp(seed, step, DIGITS):0{DIGITS}d}"


def step_at(moment: float) -> int:
    """Return the time step of a moment in seconds since 1970."""
    return int(moment // PERIOD)


def matching_step(seed: bytes, code: str, *, at: float, tolerance: int, after: int) -> int | None:
    """Return the newest step within ``tolerance`` of ``at``, later than ``after``, whose code this is."""
    now = step_at(at)
    found = None
    for step in range(now - tolerance, now + tolerance + 1):
        if hmac.compare_digest(at_step(seed, step), code) and step > after:
            found = step
    return found


def steps_away(seed: bytes, code: str, *, at: float, reach: int, after: int) -> int | None:
    """Return how many steps from ``at`` this code is right for the seed, the nearest if several: above zero if ahead.

    Searches ``reach`` steps both ways, and only steps later than ``after``. For explaining, never for accepting.
    """
    now = step_at(at)
    near = sorted(range(-reach, reach + 1), key=abs)
    matches = [away for away in near if hmac.compare_digest(at_step(seed, now + away), code)]
    return next((away for away in matches if now + away > after), None)
