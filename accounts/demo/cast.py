"""The cast file: the people of a demo; recovery adds their cases. Format: docs/reference/cast-format.md."""

import base64
import hashlib
import re
import zoneinfo
from collections import Counter
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from msgspec import Meta

from accounts.enums import AccountKind, ActivityKind, KeyKind, MandateRole, Realm, ReportKind, Role
from accounts.policies import networks, usernames
from portal.lib import clock, p256, strict_json
from portal.lib.strict_json import Strict

_PLACEHOLDER = "base64url"  # a coordinate in an example: a phone that nobody plays
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_FIRST = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Maple")
_SECOND = ("Estate", "Family", "Fund", "Holdings", "Pension", "Trust")

Shape = TypeVar("Shape", bound="Cast")

_Shown = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*\Z")]
_Word = Annotated[_Shown, Meta(max_length=32)]
_Text = Annotated[_Shown, Meta(max_length=200)]
_Needed = Annotated[_Shown, Meta(min_length=1, max_length=200)]
_Username = Annotated[str, Meta(pattern=r"\A[^\s/?#\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,30}\Z")]
_Email = Annotated[
    str, Meta(pattern=r"\A[^\s@\x00-\x1f\ud800-\udfff]+@[^\s@\x00-\x1f\ud800-\udfff]+\Z", max_length=200)
]
_Number = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9-]{0,31}\Z")]
_Amount = Annotated[str, Meta(pattern=r"\A-?[0-9]{1,12}(\.[0-9]{1,4})?\Z")]
_Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
_BackupCode = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9]{4}[- ]?[A-Za-z0-9]{4}\Z")]
_Seed = Annotated[str, Meta(pattern=r"\A([A-Za-z2-7]{8}){2,16}([A-Za-z2-7]{2}|[A-Za-z2-7]{4,5}|[A-Za-z2-7]{7})?\Z")]
_Coordinate = Annotated[str, Meta(pattern=rf"\A([A-Za-z0-9_-]{{43}}|{_PLACEHOLDER})\Z")]  # 32 bytes, no padding


class State(StrEnum):
    """The state of a user when the demo begins."""

    ACTIVE = "active"
    NO_KEY = "no_key"
    LOCKED = "locked"


class PublicKey(Strict):
    """A phone's public key, as a JWK (RFC 7518, section 6.2)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: _Coordinate
    y: _Coordinate

    def __post_init__(self) -> None:
        try:
            p256.public_key(self.encoded)
        except p256.NotAPoint:
            if self.x != _PLACEHOLDER:
                raise ValueError("not a point on P-256") from None

    @property
    def encoded(self) -> str:
        """The key in the form of the Key API; empty for an example's placeholder."""
        if _PLACEHOLDER in {self.x, self.y}:
            return ""
        point = b"".join(base64.urlsafe_b64decode(part + "=") for part in (self.x, self.y))
        return base64.urlsafe_b64encode(point).decode().rstrip("=")


class Key(Strict):
    """A Key: ``clock_offset`` is how many seconds its phone is fast (slow, below zero).

    With ``public_key`` its phone can approve; without one the Key only has codes.
    """

    name: Annotated[_Shown, Meta(min_length=1, max_length=60)]
    totp_secret: _Seed
    kind: KeyKind = KeyKind.APP
    paired: str = "-0d"
    clock_offset: Annotated[int, Meta(ge=-86_400, le=86_400)] = 0
    public_key: PublicKey | None = None

    def __post_init__(self) -> None:
        moment(self.paired, now=clock.now())
        if self.public_key and self.kind != KeyKind.PHONE:
            raise ValueError("public_key belongs to a Key of the kind phone")

    @property
    def on_phone(self) -> str:
        """The public key of its phone, empty for none."""
        return self.public_key.encoded if self.public_key else ""


class Activity(Strict):
    """Something that happened on an account. ``own``: the customer did it."""

    account: _Number
    at: str
    kind: ActivityKind
    own: bool = False
    instrument: _Word = ""
    quantity: _Amount | None = None
    amount: _Amount | None = None
    currency: _Currency = "USD"

    def __post_init__(self) -> None:
        moment(self.at, now=clock.now())


class Account(Strict):
    """A trading account, and the user's role on it."""

    number: _Number
    kind: AccountKind = AccountKind.INDIVIDUAL
    currency: _Currency = "USD"
    role: MandateRole = MandateRole.OWNER
    label: Annotated[_Shown, Meta(max_length=80)] = ""
    client: Annotated[_Shown, Meta(max_length=80)] = ""
    net_value: _Amount = "0"
    cash: _Amount = "0"


class Question(Strict):
    """A security question, by its name, and the answer."""

    question: Annotated[str, Meta(pattern=r"\A[a-z0-9_]{1,40}\Z")]
    answer: _Needed


class Names(Strict):
    """A person's names."""

    given: _Needed
    family: _Needed
    middle: _Text = ""


class Reported(Strict):
    """A report of something the customer did not do, which staff have not closed. ``device`` is what it is about."""

    device: Annotated[_Shown, Meta(min_length=1, max_length=120)]
    kind: ReportKind = ReportKind.NOT_ME
    at: str = "-1h"

    def __post_init__(self) -> None:
        moment(self.at, now=clock.now())


class Login(Strict):
    """How one username signs in, and its accounts; ``clients`` is how many more are made up.

    ``totp_secret`` is short for a single Key in an authenticator app.
    """

    username: _Username
    password: Annotated[_Shown, Meta(min_length=1, max_length=128)]
    email: _Email = ""
    realm: Realm = Realm.LIVE
    state: State = State.ACTIVE
    questions: list[Question] = []
    accounts: list[Account] = []
    clients: Annotated[int, Meta(ge=0, le=1000)] = 0
    totp_secret: _Seed = ""
    keys: list[Key] = []
    backup_codes: list[_BackupCode] = []

    def __post_init__(self) -> None:
        if self.totp_secret:
            self.keys = [*self.keys, Key(name="Authenticator app", totp_secret=self.totp_secret)]
        if self.state is State.NO_KEY and self.keys:
            raise ValueError("there are Keys in the state no_key")

    def all_accounts(self) -> list[Account]:
        """Return its accounts and its clients' accounts, each with a different value."""
        return self.accounts + [
            Account(
                number=f"{self.username.upper()[:27]}-{n + 1:04d}",
                role=MandateRole.ADVISER,
                label=f"{_FIRST[n % len(_FIRST)]} {_SECOND[n // len(_FIRST) % len(_SECOND)]}",
                client=_FIRST[n % len(_FIRST)],
                net_value=str(25_000 + 3_750 * n),
                cash=str(1_500 + 125 * n),
            )
            for n in range(self.clients)
        ]


class Member(Login, kw_only=True):
    """A member of staff."""

    email: _Email
    totp_secret: _Seed
    role: Role

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.realm != Realm.LIVE:
            raise ValueError("staff is in the realm live")


class Person(Login, kw_only=True):
    """A customer or an adviser: the first login, and what else this person has."""

    email: _Email
    names: Names
    birth_date: date
    number: _Number = ""
    address: dict[_Text, _Text] = {}
    application: dict[_Text, _Text] = {}
    phone: _Word = ""
    language: Annotated[_Shown, Meta(max_length=8)] = "en"
    time_zone: str = "America/New_York"
    activity: list[Activity] = []
    networks: list[str] = []  # sign-in is limited to these; none is no limit
    network_request: list[str] | None = None  # the list that support is asked for
    report: Reported | None = None
    paper: Login | None = None
    log_ins: list[Login] = []

    def __post_init__(self) -> None:
        super().__post_init__()
        self.number = self.number or f"C-{self.username.upper()}"
        if strange := {item.account for item in self.activity} - {account.number for account in self.accounts}:
            raise ValueError(f"activity of {', '.join(sorted(strange))}, which is no account of this customer")
        if self.time_zone not in zoneinfo.available_timezones():
            raise ValueError(f"{self.time_zone!r} is not a time zone such as Europe/London")
        try:
            networks.read_all([*self.networks, *(self.network_request or [])])
        except networks.NotANetwork as wrong:
            raise ValueError(f"{wrong.typed!r} is not a network such as 192.0.2.0/24") from None
        if self.paper:
            number = f"PAPER-{self.paper.username.upper()}"[:32]
            self.paper.accounts = [Account(number=number, net_value="1000000", cash="1000000")]
            self.paper.realm = Realm.PAPER
            self.log_ins = [self.paper, *self.log_ins]
        for login in self.log_ins:
            login.email = login.email or self.email


class Invitation(Strict):
    """Somebody who is invited to the staff and has not accepted yet, with both codes of the invitation."""

    username: _Username
    name: _Needed
    email: _Email
    role: Role
    told_part: _BackupCode
    mailed_part: _BackupCode


class Cast(Strict):
    """Everybody."""

    format: Literal[1]
    customers: list[Person] = []
    advisers: list[Person] = []
    staff: list[Member] = []
    invitations: list[Invitation] = []

    def __post_init__(self) -> None:
        names = [login.username for login in self.logins()] + [one.username for one in self.invitations]
        for name, times in Counter(map(usernames.canonical, names)).items():
            if times > 1 or not name:
                raise ValueError(f"the username {name!r} is there {times} times")

    def people(self) -> list[Person]:
        """Return all customers, advisers last."""
        return self.customers + self.advisers

    def logins(self) -> list[Login]:
        """Return all logins in the order of the file, further ones after their owner's first."""
        return [login for person in self.people() for login in (person, *person.log_ins)] + list[Login](self.staff)

    def owner_of(self, username: str) -> tuple[Person, Login] | None:
        """Return the customer with this log-in, and the log-in; None if it is nobody's."""
        name = usernames.canonical(username)
        owned = ((person, login) for person in self.people() for login in (person, *person.log_ins))
        return next((pair for pair in owned if usernames.canonical(pair[1].username) == name), None)


def read(path: Path, shape: type[Shape]) -> Shape:
    """Read a cast file of this shape. Raises: ``OSError``; ``Unreadable`` with the first mistake and where it is."""
    return strict_json.read(path.read_bytes(), shape)


def moment(text: str, *, now: datetime) -> datetime:
    """Return a time: relative to now (``-2d``, ``-3h``, ``-30m``), or in ISO 8601 with its zone."""
    if span := re.fullmatch(r"-(\d{1,5})([dhm])", text):
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found


def reference_of(public_key: str) -> str:
    """Return the reference of a demo phone: the same in every run, and not secret."""
    digest = hashlib.sha256(public_key.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
