"""Generate what is shown once and stored as a digest: references, PINs, phrases, codes."""

import secrets

from django.contrib.auth.hashers import check_password, make_password

from portal.lib import digests
from portal.lib.code_alphabet import ALPHABET, plain
from recovery.policies import passphrases, reference_codes

_WRONG_PIN = "no PIN is like this"


def characters(count: int) -> str:
    """Return that many random characters of the alphabet without look-alikes."""
    return digests.random_characters(ALPHABET, count)


def case_number() -> str:
    """Return a number such as C-7F3K2Q9C."""
    return f"C-{characters(8)}"


def claim_reference() -> str:
    """Return a reference such as RC-7F3K-2Q9C."""
    return reference_codes.claim_reference(characters(7))


def phrase() -> str:
    """Return two random words for the agent to say."""
    return passphrases.phrase(secrets.randbelow(len(passphrases.FIRST)), secrets.randbelow(len(passphrases.SECOND)))


def new_pin() -> str:
    """Return six random digits."""
    return digests.random_digits(reference_codes.PIN_LENGTH)


def pin_hash(pin: str) -> str:
    """Hash a PIN slowly; raises ``HashingOverloaded``."""
    return make_password(pin)


def is_pin(typed: str, encoded: str | None) -> bool:
    """Check a PIN at the cost of one hash, even if there is none to compare with."""
    digits = plain(typed)
    if encoded is None:
        spend_a_hash(digits or _WRONG_PIN)
        return False
    return check_password(digits or _WRONG_PIN, encoded)


def spend_a_hash(typed: str) -> None:
    """Take as long as a check when there is nothing to check against."""
    make_password(typed)


def digest(namespace: str, value: str) -> str:
    """Return the keyed digest of typed text, ignoring dashes and case."""
    return digests.keyed(namespace, plain(value))
