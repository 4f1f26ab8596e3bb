"""The columns of an import file: the one table behind the reader, its messages and the reference."""

import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from argon2 import extract_parameters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from accounts.enums import AccountKind, Realm
from accounts.policies import usernames

# OWASP Password Storage Cheat Sheet, argon2id: memory in KiB and passes; the pairs are equivalent.
OWASP_MINIMUM = ((47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5))
_HASH = re.compile(r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,2},p=\d\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")
_plain_address = EmailValidator(allowlist=[])  # not even localhost
_OTHER_ADDRESSES = frozenset('"[')  # a quoted name, a bare IP address: valid, but nobody has one


class Unfit(ValueError):
    """A value does not fit its column; the text says why, as the rest of a sentence."""


@dataclass(frozen=True)
class Column:
    """One column. ``read`` turns the text into the stored value, or raises ``Unfit``."""

    name: str
    meaning: str
    longest: int  # characters
    is_required: bool = False
    default: str = ""
    read: Callable[[str], str] = str

    def value(self, typed: str) -> str:
        """Return the stored value for a text in the file. Raises: ``Unfit``."""
        text = typed.strip()
        if not text:
            if self.is_required:
                raise Unfit("is empty")
            return self.default
        if len(text) > self.longest:
            raise Unfit(f"is {len(text)} characters long, {self.longest} is the most")
        if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
            raise Unfit("holds a line break or another character that is none")
        return self.read(text)


def _username(text: str) -> str:
    canonical = usernames.canonical(text)
    if not canonical:
        raise Unfit("holds no visible character")
    return canonical


def _email(text: str) -> str:
    try:
        _plain_address(text)
    except ValidationError as error:
        raise Unfit("is not one plain e-mail address such as ada@example.com") from error
    if _OTHER_ADDRESSES & set(text):
        raise Unfit("is not one plain e-mail address such as ada@example.com")
    return text


def _one_of(words: list[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise Unfit(f"is not one of {', '.join(words)}")
        return text.lower()

    return read


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Unfit("is not a date such as 1985-12-10") from error


def _zone(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise Unfit("is not a time zone such as Europe/London")
    return text


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise Unfit("is not a currency code such as USD")
    return text


def _amount(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise Unfit("is not an amount such as 1210.40") from error
    if not amount.is_finite() or abs(amount) >= 10**15 or amount != round(amount, 2):
        raise Unfit("is not an amount with at most two places after the point")
    return str(round(amount, 2))


def _password_hash(text: str) -> str:
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


COLUMNS = (
    Column("customer_number", "the firm's number of the person, used once", 32, is_required=True),
    Column("username", "what the person signs in with; unique", usernames.MAX_LENGTH, is_required=True, read=_username),
    Column("email", "where codes and notices go", 254, is_required=True, read=_email),
    Column("realm", "`live` or `paper`", 8, default=Realm.LIVE, read=_one_of(Realm.values)),
    Column("given_name", "", 100, is_required=True),
    Column("middle_name", "", 100),
    Column("family_name", "", 100, is_required=True),
    Column("birth_date", "such as 1985-12-10", 10, is_required=True, read=_day),
    Column("phone", "", 32),
    Column("address_line1", "", 100),
    Column("address_line2", "", 100),
    Column("address_city", "", 100),
    Column("address_postcode", "", 20),
    Column("address_country", "", 60),
    Column("language", "code of the language to write in", 8, default="en"),
    Column("time_zone", "zone to tell times in; empty: that of the person's browser", 64, read=_zone),
    Column("application_opened", "when the account was opened, such as 2019-03-14", 10, read=_day),
    Column("application_employer", "as the account application says", 100),
    Column("application_first_bank", "the bank of the first deposit", 100),
    Column("application_tax_country", "", 60),
    Column("application_experience", "", 60),
    Column("application_welcome_code", "the code in the welcome letter", 40),
    Column("account_number", "trading account, used once; empty: none", 32),
    Column(
        "account_kind", ", ".join(f"`{k}`" for k in AccountKind.values), 16, default=AccountKind.INDIVIDUAL,
        read=_one_of(AccountKind.values),
    ),
    Column("account_currency", "three letters", 3, default="USD", read=_currency),
    Column("account_net_value", "such as 1210.40", 19, default="0", read=_amount),
    Column("account_cash", "", 19, default="0", read=_amount),
    Column("password_hash", "argon2id, see below; empty: the person sets a password first", 255,
           read=_password_hash),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
UNIQUE = ("customer_number", "username", "account_number")


def markdown() -> str:
    """Return the table of the reference."""
    rows = ["| Column | Must be there | Longest | If empty | Meaning |", "|---|---|---|---|---|"]
    for column in COLUMNS:
        must, empty = "yes" if column.is_required else "", f"`{column.default}`" if column.default else ""
        meaning = column.meaning or column.name.replace("_", " ")
        rows.append(f"| `{column.name}` | {must} | {column.longest} | {empty} | {meaning} |")
    return "\n".join(rows)
