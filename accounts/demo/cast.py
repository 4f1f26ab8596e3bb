"""The cast file: customers, advisers and staff of a demo. Format: docs/reference/cast-format.md."""

import ipaddress
import json
import zoneinfo
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from accounts.demo import phones
from accounts.demo.records import Record
from accounts.enums import AccountKind, ActivityKind, KeyKind, MandateRole, Realm, Role
from accounts.policies import backup_codes, usernames
from accounts.policies.keys import totp

FORMAT = 1
_NUMBER = r"[A-Za-z0-9][A-Za-z0-9-]{0,31}"
_USERNAME = r"[^\s/?#]{1,30}"
_EMAIL = r"[^@\s]+@[^@\s]+"


class State(StrEnum):
    """How a log-in stands when the demo begins."""

    ACTIVE = "active"
    NO_KEY = "no_key"
    LOCKED = "locked"


class CastRefused(Exception):
    """The file cannot be used; ``problems`` holds a sentence for each place."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class CastKey:
    """A Key: ``clock_offset`` is by how many seconds its phone is fast (or slow, below zero).

    ``public_key`` makes its phone one that can approve; empty: a Key that only has codes.
    """

    name: str
    kind: str
    secret: str
    paired: datetime
    clock_offset: int = 0
    public_key: str = ""

    @property
    def phone(self) -> str:
        """Return the reference of the phone it lives on, empty for none."""
        return phones.reference_of(self.public_key) if self.public_key else ""


@dataclass(frozen=True)
class CastActivity:
    """Something that happened on an account."""

    account: str
    at: datetime
    kind: str
    own: bool
    instrument: str
    quantity: Decimal | None
    amount: Decimal | None
    currency: str


@dataclass(frozen=True)
class CastAccount:
    """A trading account and what the person is to it."""

    number: str
    kind: str
    realm: str
    currency: str
    role: str
    label: str
    net_value: Decimal
    cash: Decimal


@dataclass(frozen=True)
class Login:
    """What one name signs in with."""

    username: str
    password: str
    email: str
    realm: str
    keys: tuple[CastKey, ...]
    state: State = State.ACTIVE
    backup_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """A customer or an adviser; ``more`` are further log-ins of the same person, each with its accounts."""

    login: Login
    personal: dict[str, object]  # the columns of Customer
    questions: dict[str, str]
    accounts: tuple[CastAccount, ...]
    activity: tuple[CastActivity, ...]
    paper: Login | None
    more: tuple[tuple[Login, tuple[CastAccount, ...]], ...] = ()

    def logins(self) -> list[Login]:
        """Return all log-ins of this person."""
        return [self.login, *([self.paper] if self.paper else []), *(login for login, _accounts in self.more)]


@dataclass(frozen=True)
class Member:
    """One of the staff."""

    login: Login
    role: Role


@dataclass(frozen=True)
class Cast:
    """Everybody; ``waiting`` counts what was read for parts of the portal that do not use it yet."""

    people: tuple[Person, ...]
    staff: tuple[Member, ...]
    waiting: Counter[str]

    def logins(self) -> list[Login]:
        """Return all log-ins in the order of the file, further ones after their owner's first."""
        return [login for person in self.people for login in person.logins()] + [row.login for row in self.staff]


def read(path: Path, *, now: datetime) -> Cast:
    """Read a cast file; times count back from ``now``. Raises: ``CastRefused`` with all problems."""
    problems: list[str] = []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CastRefused([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise CastRefused([f"{path} is not UTF-8 (byte {error.start + 1})."]) from error
    except ValueError as error:
        raise CastRefused([f"{path} is not JSON: {error}."]) from error
    cast = _Reader(now).cast(Record(content, "", problems))
    problems += _doubles(cast)
    if problems:
        raise CastRefused(problems)
    return cast


def _doubles(cast: Cast) -> list[str]:
    counted = Counter(usernames.canonical(login.username) for login in cast.logins())
    return [f"The username {name!r} is there {n} times." for name, n in counted.items() if n > 1 and name]


class _Reader:
    """Turn records into a cast."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waiting: Counter[str] = Counter()

    def cast(self, record: Record) -> Cast:
        if record.whole("format", 0, low=0, high=10_000) != FORMAT:
            record.complain("format", f"must be {FORMAT}")
        people = [self.person(item) for item in record.records("customers")]
        people += [self.adviser(item) for item in record.records("advisers")]
        staff = tuple(self.member(item) for item in record.records("staff"))
        record.close()
        return Cast(tuple(people), staff, self.waiting)

    def adviser(self, record: Record) -> Person:
        count = record.whole("clients", 0, low=0, high=1000)
        return self.person(record, clients=count)

    def person(self, record: Record, *, clients: int = 0) -> Person:
        login = self.login(record)
        own = self.accounts(record, login)
        self.later(record)
        person = Person(
            login=login,
            personal=self.personal(record, login.username),
            questions=self.questions(record),
            accounts=own + _client_accounts(login, clients),
            activity=tuple(self.activity(item, own) for item in record.records("activity")),
            paper=self.paper(record, login),
            more=tuple(self.further(item, login) for item in record.records("log_ins")),
        )
        record.close()
        return person

    def further(self, record: Record, first: Login) -> tuple[Login, tuple[CastAccount, ...]]:
        login = self.login(record, email=first.email)
        clients = record.whole("clients", 0, low=0, high=1000)
        accounts = self.accounts(record, login) + _client_accounts(login, clients)
        record.close()
        return login, accounts

    def login(self, record: Record, email: str | None = None) -> Login:
        login = Login(
            username=record.text("username", pattern=_USERNAME),
            password=record.text("password", longest=128),
            email=record.text("email", email, pattern=_EMAIL),
            realm=record.choice("realm", Realm.values, Realm.LIVE),
            keys=tuple(self.key(item) for item in record.records("keys")),
            state=State(record.choice("state", [*State], State.ACTIVE)),
            backup_codes=self.backup_codes(record),
        )
        if login.state is State.NO_KEY and login.keys:
            record.complain("keys", "must be empty in the state no_key")
        return login

    def backup_codes(self, record: Record) -> tuple[str, ...]:
        given = record.texts("backup_codes")
        read = [code for text in given if (code := backup_codes.read(text))]
        if len(read) < len(given):
            record.complain("backup_codes", "each must have 8 letters and digits, such as 7M2K-PQ9X")
        return tuple(read)

    def accounts(self, record: Record, login: Login) -> tuple[CastAccount, ...]:
        return tuple(self.account(item, login.realm) for item in record.records("accounts"))

    def paper(self, record: Record, login: Login) -> Login | None:
        paper = record.record("paper")
        if paper is None:
            return None
        found = Login(
            username=paper.text("username", pattern=_USERNAME),
            password=paper.text("password", longest=128),
            email=login.email,
            realm=Realm.PAPER,
            keys=self.plain_key(paper),
        )
        paper.close()
        return found

    def member(self, record: Record) -> Member:
        login = Login(
            username=record.text("username", pattern=_USERNAME),
            password=record.text("password", longest=128),
            email=record.text("email", pattern=_EMAIL),
            realm=Realm.LIVE,
            keys=self.plain_key(record),
        )
        member = Member(login, Role(record.choice("role", Role.values)))
        record.close()
        return member

    def plain_key(self, record: Record) -> tuple[CastKey, ...]:
        return (CastKey("Authenticator app", KeyKind.APP, self.seed(record), self.now),)

    def key(self, record: Record) -> CastKey:
        public = record.record("public_key")
        found = CastKey(
            name=record.text("name", longest=60),
            kind=record.choice("kind", KeyKind.values, KeyKind.APP),
            secret=self.seed(record),
            paired=record.moment("paired", "-0d", now=self.now),
            clock_offset=record.whole("clock_offset", 0, low=-86_400, high=86_400),
            public_key=phones.public_key(public) if public else "",
        )
        if public and found.kind != KeyKind.PHONE:
            record.complain("public_key", "belongs to a Key of the kind phone")
        record.close()
        return found

    def seed(self, record: Record) -> str:
        value = record.text("totp_secret", pattern=r"[A-Za-z2-7]{16,128}")
        try:
            totp.decode_secret(value)
        except ValueError:
            record.complain("totp_secret", "is not a base32 seed of whole bytes")
        return value.upper()

    def later(self, record: Record) -> None:
        networks = record.texts("networks")
        self.waiting["networks"] += len(networks)
        for network in networks:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                record.complain("networks", f"{network!r} is not a range such as 192.0.2.0/24")

    def personal(self, record: Record, username: str) -> dict[str, object]:
        spoken = record.record("names")
        given = middle = family = ""
        if spoken is None:
            record.complain("names", "is missing")
        else:
            given, middle, family = spoken.text("given"), spoken.text("middle", ""), spoken.text("family")
            spoken.close()
        return {
            "number": record.text("number", f"C-{username.upper()}", pattern=_NUMBER),
            "given_name": given,
            "middle_name": middle,
            "family_name": family,
            "birth_date": record.day("birth_date"),
            "address": record.mapping("address"),
            "phone": record.text("phone", "", longest=32),
            "application": record.mapping("application"),
            "language": record.text("language", "en", longest=8),
            "time_zone": self.zone(record),
        }

    def zone(self, record: Record) -> str:
        value = record.text("time_zone", "America/New_York", longest=64)
        if value not in zoneinfo.available_timezones():
            record.complain("time_zone", f"{value!r} is not a zone such as Europe/London")
        return value

    def questions(self, record: Record) -> dict[str, str]:
        found = {}
        for item in record.records("questions"):
            found[item.text("question", longest=40, pattern=r"[a-z0-9_]+")] = item.text("answer")
            item.close()
        return found

    def account(self, record: Record, realm: str) -> CastAccount:
        found = CastAccount(
            number=record.text("number", pattern=_NUMBER),
            kind=record.choice("kind", AccountKind.values, AccountKind.INDIVIDUAL),
            realm=realm,
            currency=record.text("currency", "USD", pattern="[A-Z]{3}"),
            role=record.choice("role", MandateRole.values, MandateRole.OWNER),
            label=record.text("label", "", longest=80),
            net_value=record.amount("net_value") or Decimal(0),
            cash=record.amount("cash") or Decimal(0),
        )
        record.close()
        return found

    def activity(self, record: Record, own: tuple[CastAccount, ...]) -> CastActivity:
        found = CastActivity(
            account=record.text("account"),
            at=record.moment("at", now=self.now),
            kind=record.choice("kind", ActivityKind.values),
            own=record.flag("own"),
            instrument=record.text("instrument", "", longest=32),
            quantity=record.amount("quantity"),
            amount=record.amount("amount"),
            currency=record.text("currency", "USD", pattern="[A-Z]{3}"),
        )
        if found.account not in {account.number for account in own}:
            record.complain("account", "is not an account of this customer")
        record.close()
        return found


_FIRST = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Maple")
_SECOND = ("Estate", "Family", "Fund", "Holdings", "Pension", "Trust")


def _client_accounts(login: Login, count: int) -> tuple[CastAccount, ...]:
    """Return accounts of an adviser's clients, each with a value of its own."""
    return tuple(
        CastAccount(
            number=f"{login.username.upper()[:27]}-{n + 1:04d}",
            kind=AccountKind.INDIVIDUAL,
            realm=login.realm,
            currency="USD",
            role=MandateRole.ADVISER,
            label=f"{_FIRST[n % len(_FIRST)]} {_SECOND[n // len(_FIRST) % len(_SECOND)]}",
            net_value=Decimal(25_000 + 3_750 * n),
            cash=Decimal(1_500 + 125 * n),
        )
        for n in range(count)
    )
