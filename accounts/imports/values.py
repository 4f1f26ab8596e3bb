"""How the values of an import file are read: text in, the stored text out, or ``Unfit`` with the rest of a sentence."""

import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from argon2 import extract_parameters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from accounts.policies import scripts, usernames

# OWASP Password Storage Cheat Sheet, argon2id: memory in KiB and passes; the pairs are equivalent.
OWASP_MINIMUM = ((47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5))
_HASH = re.compile(r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,2},p=\d\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")
_plain_address = EmailValidator(allowlist=[])  # not even localhost
_OTHER_ADDRESSES = frozenset('"[')  # a quoted name, a bare IP address: valid, but nobody has one
_ZONES = frozenset(zoneinfo.available_timezones())


class Unfit(ValueError):
    """A value does not fit its column; the text says why, as the rest of a sentence."""


def refuse_control_characters(text: str) -> None:
    """Refuse line breaks and half characters. Raises: ``Unfit``."""
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
        raise Unfit("holds a line break or another character that is none")


def plain(text: str) -> str:
    """Accept text in which every character shows."""
    if scripts.hidden(text):
        raise Unfit("holds a character that does not show, or turns the direction of the text")
    return text


def number(text: str) -> str:
    """Accept a number as firms give them: letters, digits and what stands between."""
    if any(c.isspace() for c in plain(text)):
        raise Unfit("holds white space")
    return text


def username(text: str) -> str:
    """Return the canonical form; refuse what reads like another one."""
    canonical = usernames.canonical(text)
    if not canonical:
        raise Unfit("holds no visible character")
    plain(text)
    if scripts.is_mixed(canonical):
        raise Unfit(f"mixes the scripts {' and '.join(scripts.of(canonical))}, so that it reads like another one")
    return canonical


def name(text: str) -> str:
    """Accept a name that shows something; marks that join letters are part of some scripts."""
    if not scripts.shows(text):
        raise Unfit("shows nothing")
    if scripts.turns(text):
        raise Unfit("turns the direction of the text")
    return text


def email(text: str) -> str:
    """Accept one plain address."""
    try:
        _plain_address(text)
    except ValidationError as error:
        raise Unfit("is not one plain e-mail address such as ada@example.com") from error
    if _OTHER_ADDRESSES & set(text):
        raise Unfit("is not one plain e-mail address such as ada@example.com")
    return text


def one_of(words: list[str]) -> Callable[[str], str]:
    """Return a reader of one of these words."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise Unfit(f"is not one of {', '.join(words)}")
        return text.lower()

    return read


yes_or_no = one_of(["yes", "no"])


def day(text: str) -> str:
    """Accept a date."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Unfit("is not a date such as 1985-12-10") from error


def moment(text: str) -> str:
    """Accept a moment with its zone; return it in UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unfit("is not a moment such as 2026-11-27T14:30:00Z") from error
    if read.tzinfo is None:
        raise Unfit("has no zone: write 2026-11-27T14:30:00Z")
    return read.astimezone(UTC).isoformat()


def zone(text: str) -> str:
    """Accept a time zone."""
    if text not in _ZONES:
        raise Unfit("is not a time zone such as Europe/London")
    return text


def currency(text: str) -> str:
    """Accept three letters."""
    if not re.fullmatch("[A-Z]{3}", text):
        raise Unfit("is not a currency code such as USD")
    return text


def _decimal(places: int, words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise Unfit(f"is not {words} such as 1210.40") from error
        if not amount.is_finite() or abs(amount) >= Decimal(10) ** (17 - places) or amount != round(amount, places):
            how_many = {2: "two", 4: "four"}[places]
            raise Unfit(f"is not {words} with at most {how_many} places after the point")
        return str(round(amount, places))

    return read


amount = _decimal(2, "an amount")
quantity = _decimal(4, "a quantity")


def password_hash(text: str) -> str:
    """Accept argon2id only, at no less than OWASP's cost and no more than ours.

    A check does the work missing to our cost, so that every sign-in costs the same; a higher cost could not be
    hidden, and would delay everybody who waits for a hash.
    """
    phc = text.removeprefix("argon2")
    if not _HASH.fullmatch(phc):
        raise Unfit("is not an argon2id hash of version 19 such as argon2$argon2id$v=19$m=19456,t=2,p=1$salt$hash")
    cost = extract_parameters(phc)
    if cost.parallelism != 1:
        raise Unfit("was not made with a parallelism of 1 (p=1)")
    if not any(cost.memory_cost >= memory and cost.time_cost >= passes for memory, passes in OWASP_MINIMUM):
        raise Unfit("was made at less than OWASP's cost (19456 KiB and 2 passes)")
    memory, passes = settings.PORTAL_ARGON2_MEMORY_KIB, settings.PORTAL_ARGON2_PASSES
    if cost.memory_cost > memory or cost.memory_cost * cost.time_cost > memory * passes:
        raise Unfit(
            f"costs more than this installation's own hashes ({memory} KiB and {passes} passes): "
            "raise PORTAL_ARGON2_MEMORY_KIB or PORTAL_ARGON2_PASSES first"
        )
    return f"argon2{phc}"
