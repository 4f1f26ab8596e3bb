"""The columns of the firm's books, by kind of record: the source of the reader, its messages and the reference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from accounts.enums import AccountKind, ActivityKind, MandateRole, Realm
from accounts.imports import values
from accounts.imports.values import Unfit
from accounts.policies import usernames


@dataclass(frozen=True)
class Column:
    """One column. ``read`` turns the text into the stored value, or raises ``Unfit``.

    ``is_key``: must be in every record. ``is_needed``: must be there once, when the thing is new, and never be empty.
    """

    name: str
    meaning: str
    longest: int  # characters
    is_key: bool = False
    is_needed: bool = False
    default: str = ""
    read: Callable[[str], str] = str

    def value(self, typed: str) -> str:
        """Return the stored value for a text in the file. Raises: ``Unfit``."""
        text = typed.strip()
        if not text:
            if self.is_key or self.is_needed:
                raise Unfit("is empty")
            return self.default
        if len(text) > self.longest:
            raise Unfit(f"is {len(text)} characters long, {self.longest} is the most")
        values.refuse_control_characters(text)
        return self.read(text)


@dataclass(frozen=True)
class Kind:
    """One kind of record: its name, the file it has in a folder, its columns."""

    name: str
    file: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns that say what a record is about."""
        return tuple(column.name for column in self.columns if column.is_key)

    def part_of(self, given: dict[str, str]) -> dict[str, str]:
        """Return those of the values that belong to this kind."""
        return {column.name: given[column.name] for column in self.columns if column.name in given}


def _key(name: str, meaning: str, longest: int = 32, read: Callable[[str], str] = values.number) -> Column:
    return Column(name, meaning, longest, is_key=True, read=read)


def _needed(column: Column) -> Column:
    return replace(column, is_needed=True)


_CUSTOMER = _key("customer_number", "the firm's number of the person")
_USERNAME = _key("username", "what the person signs in with", usernames.MAX_LENGTH, values.username)
_ACCOUNT = _key("account_number", "the firm's number of the trading account")
_CLOSED = Column("closed", "`yes` closes it, `no` opens it again", 3, default="no", read=values.yes_or_no)

PERSON = Kind(
    "person",
    "people",
    "one person, whatever accounts and usernames they have",
    (
        _CUSTOMER,
        _needed(Column("given_name", "", 100, read=values.name)),
        Column("middle_name", "", 100, read=values.name),
        _needed(Column("family_name", "", 100, read=values.name)),
        _needed(Column("birth_date", "such as 1985-12-10", 10, read=values.day)),
        Column("phone", "as people write it; with the country code if it can be had", 32),
        Column("address_line1", "", 100),
        Column("address_line2", "", 100),
        Column("address_city", "", 100),
        Column("address_postcode", "", 20),
        Column("address_country", "", 60),
        Column("language", "code of the language to write in", 8, default="en"),
        Column("time_zone", "zone to tell times in; empty: that of the person's browser", 64, read=values.zone),
        Column("application_opened", "when the account was opened, such as 2019-03-14", 10, read=values.day),
        Column("application_employer", "as the account application says", 100),
        Column("application_first_bank", "the bank of the first deposit", 100),
        Column("application_tax_country", "", 60),
        Column("application_experience", "", 60),
        Column("application_welcome_code", "a code in a letter that the firm sent earlier", 40),
        _CLOSED,
    ),
)
LOGIN = Kind(
    "login",
    "logins",
    "one username of a person",
    (
        _USERNAME,
        replace(_CUSTOMER, is_key=False, is_needed=True),
        _needed(Column("email", "where codes and notices go", 254, read=values.email)),
        Column("realm", "`live` or `paper`; stays", 8, default=Realm.LIVE, read=values.one_of(Realm.values)),
        Column("letter_wanted", "day on which a new welcome letter was asked for", 10, read=values.day),
        Column("password_hash", "argon2id, see below; read for a new username only", 255, read=values.password_hash),
        _CLOSED,
    ),
)
ACCOUNT = Kind(
    "account",
    "accounts",
    "one trading account",
    (
        _ACCOUNT,
        Column(
            "account_kind",
            ", ".join(f"`{kind}`" for kind in AccountKind.values),
            16,
            default=AccountKind.INDIVIDUAL,
            read=values.one_of(AccountKind.values),
        ),
        Column("account_realm", "`live` or `paper`; stays", 8, default=Realm.LIVE, read=values.one_of(Realm.values)),
        Column("account_currency", "three letters", 3, default="USD", read=values.currency),
        Column("account_net_value", "such as 1210.40", 19, default="0", read=values.amount),
        Column("account_cash", "", 19, default="0", read=values.amount),
        Column("account_as_of", "when value and cash were so, such as 2026-11-27T22:00:00Z", 32, read=values.moment),
        _CLOSED,
    ),
)
MANDATE = Kind(
    "mandate",
    "mandates",
    "who may act on which account",
    (
        _USERNAME,
        _ACCOUNT,
        Column("role", "`owner` or `adviser`", 16, default=MandateRole.OWNER, read=values.one_of(MandateRole.values)),
        Column("label", "what the account is called in the list of this username", 80, read=values.name),
        Column("client", "whom the account is for: an adviser's list is grouped by it", 80, read=values.name),
        Column("ended", "`yes` takes it away", 3, default="no", read=values.yes_or_no),
    ),
)
VALUE = Kind(
    "value",
    "values",
    "the value of an account at the end of a day",
    (
        _ACCOUNT,
        _key("day", "such as 2026-11-27", 10, values.day),
        _needed(Column("net_value", "such as 1210.40", 19, read=values.amount)),
    ),
)
ACTIVITY = Kind(
    "activity",
    "activity",
    "one entry of an account's statement",
    (
        _ACCOUNT,
        _key("reference", "the firm's own reference of the entry, used once in an account", 40, values.plain),
        _needed(Column("at", "when, such as 2026-11-27T14:30:00Z", 32, read=values.moment)),
        _needed(
            Column(
                "activity_kind",
                ", ".join(f"`{kind}`" for kind in ActivityKind.values),
                16,
                read=values.one_of(ActivityKind.values),
            )
        ),
        Column("own", "`yes` if only the customer can have done it", 3, default="no", read=values.yes_or_no),
        Column("instrument", "", 32),
        Column("quantity", "at most four places after the point", 19, read=values.quantity),
        Column("amount", "such as 1210.40", 19, read=values.amount),
        Column("currency", "three letters", 3, default="USD", read=values.currency),
    ),
)
KINDS = {kind.name: kind for kind in (PERSON, LOGIN, ACCOUNT, MANDATE, VALUE, ACTIVITY)}
FILES = {kind.file: kind for kind in KINDS.values()}


def _but(kind: Kind, *names: str) -> Iterator[Column]:
    return (column for column in kind.columns if column.name not in names)


# One row for one person with one username and at most one account of their own: it stands for the first four.
FLAT = Kind(
    "customer",
    "customers",
    "",
    (
        *_but(PERSON, "closed"),
        *_but(LOGIN, "closed", "customer_number", "letter_wanted"),
        replace(_ACCOUNT, is_key=False, is_needed=False),
        *_but(ACCOUNT, "closed", "account_number", "account_realm"),
    ),
)


def expanded(given: dict[str, str]) -> Iterator[tuple[Kind, dict[str, str]]]:
    """Yield the records that a flat row stands for, by kind, with the values of each."""
    yield PERSON, PERSON.part_of(given)
    yield LOGIN, LOGIN.part_of(given)
    if given.get("account_number"):
        realm = {"account_realm": given["realm"]} if "realm" in given else {}
        yield ACCOUNT, ACCOUNT.part_of(given) | realm
        yield MANDATE, MANDATE.part_of(given)


def markdown() -> str:
    """Return the tables of the reference."""
    return "\n\n".join(
        f"### `{kind.name}`, in `{kind.file}.csv`: {kind.meaning}\n\n{_table(kind)}" for kind in KINDS.values()
    )


def _table(kind: Kind) -> str:
    rows = ["| Column | Must be there | Longest | If empty | Meaning |", "|---|---|---|---|---|"]
    for column in kind.columns:
        must = "always" if column.is_key else "when new" if column.is_needed else ""
        empty = f"`{column.default}`" if column.default else ""
        meaning = column.meaning or column.name.replace("_", " ")
        rows.append(f"| `{column.name}` | {must} | {column.longest} | {empty} | {meaning} |")
    return "\n".join(rows)
