"""Compare records with what is stored: what is new, what changes, what is closed. Reads only."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.actions.welcome import letters
from accounts.enums import MandateRole
from accounts.imports.columns import ACCOUNT, ACTIVITY, LOGIN, MANDATE, PERSON, VALUE
from accounts.imports.problems import Problems
from accounts.imports.reader import Record
from accounts.imports.stored import Stored, of_pairs
from accounts.models import AccountActivity, AccountValue, Customer, Mandate, TradingAccount, User
from accounts.policies import scripts
from portal.lib import clock

_OF_MANDATE = ("role", "label", "client")
_GROUPED = ("address", "application")  # columns that begin so are kept together, in one column of the table
PERSONAL = tuple(
    column.name
    for column in PERSON.columns
    if not (column.is_key or column.name == "closed" or column.name.startswith(tuple(f"{name}_" for name in _GROUPED)))
)


@dataclass
class Change:
    """What a record makes of a row: ``values`` by attribute; ``closes`` is None where that stays as it is.

    ``row``: of the model of its kind, not saved yet if it is new; None for what is closed and not here.
    """

    record: Record
    row: Any
    is_new: bool
    values: dict[str, Any] = field(default_factory=dict)
    closes: bool | None = None

    @property
    def words(self) -> list[str]:
        """Return what it does, for counting and for the list of a dry run."""
        if self.row is None:
            return ["left out"]
        closing = {True: ["closed"], False: ["opened again"], None: []}[self.closes]
        if self.is_new:
            return ["made", *(word for word in closing if word == "closed")]
        return [*(["changed"] if self.values else []), *closing] or ["unchanged"]

    @property
    def is_none(self) -> bool:
        """Tell whether nothing is to be written."""
        return not (self.is_new or self.values or self.closes is not None)


@dataclass
class Counts:
    """How much of each kind was made, changed, closed, opened again, unchanged."""

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        """Count a change."""
        self.by_kind.setdefault(change.record.kind.name, Counter()).update(change.words)

    def sentences(self) -> list[str]:
        """Return a line for each kind."""
        return [
            f"{kind:10} " + ", ".join(f"{count:,} {word}" for word, count in counted.most_common())
            for kind, counted in self.by_kind.items()
        ]


Planner = Callable[[Sequence[Record], Stored, Problems], list[Change]]


def people(records: Sequence[Record], stored: Stored, problems: Problems) -> list[Change]:
    """Plan people."""
    changes = []
    for record in records:
        number = record.values["customer_number"]
        found = stored.customers.get(number)
        row = found or Customer(number=number, language="en")
        if found is None and not _has_needed(record, problems):
            continue
        wanted: dict[str, Any] = {name: record.values[name] for name in PERSONAL if name in record.values}
        for prefix in _GROUPED:
            if given := record.starting(f"{prefix}_"):
                kept = {} if found is None else dict(getattr(row, prefix))
                wanted[prefix] = {name: value for name, value in (kept | given).items() if value}
        changes.append(_change(record, row, found is None, wanted))
        stored.customers[number] = row
    return changes


def log_ins(records: Sequence[Record], stored: Stored, problems: Problems) -> list[Change]:
    """Plan usernames: each belongs to one person and stays in its realm."""
    changes = []
    for record in records:
        name, found = record.values["username"], stored.users.get(record.values["username"])
        change = _known(record, found, problems) if found else _new(record, stored, problems)
        if change:
            changes.append(change)
            stored.users[name] = change.row
    return changes


def _new(record: Record, stored: Stored, problems: Problems) -> Change | None:
    name = record.values["username"]
    if not _has_needed(record, problems):
        return None
    owner = stored.customers.get(record.values["customer_number"])
    if owner is None:
        problems.add(record.place, "customer_number", f"there is no person {record.values['customer_number']!r}")
        return None
    if (twin := scripts.reads_like(name)) in stored.users:
        problems.add(record.place, "username", f"reads like {twin!r}, which is taken")
        return None
    wanted = {"email": record.values["email"]}
    return _change(record, User(username=name, customer=owner), True, wanted)


def _known(record: Record, user: User, problems: Problems) -> Change | None:
    given, before = record.values, problems.count
    if user.customer is None:
        problems.add(record.place, "username", f"{user.username!r} is taken")
        return None
    if given.get("customer_number", user.customer.number) != user.customer.number:
        problems.add(record.place, "customer_number", "is another person than this username has")
    if user.pk and given.get("realm", user.realm) != user.realm:
        problems.add(record.place, "realm", f"cannot change: it is {user.realm}")
    if problems.count > before:
        return None
    change = _change(record, user, False, {"email": given["email"]} if "email" in given and user.pk else {})
    if (day := given.get("letter_wanted")) and user.pk and _lacks_letter(record, user, day, problems):
        change.values["letter_wanted"] = day
    return change


def _lacks_letter(record: Record, user: User, day: str, problems: Problems) -> bool:
    """Tell whether a new welcome letter is to be asked for: none was since that day, and one is possible now."""
    if letters.is_wanted_since(user, date.fromisoformat(day)):
        return False
    refusal = letters.why_not(user, now=clock.now())
    if refusal:
        problems.remark(record.place, "letter_wanted", refusal.words())
    return refusal is None


def accounts(records: Sequence[Record], stored: Stored, problems: Problems) -> list[Change]:
    """Plan trading accounts: each stays in its realm."""
    changes = []
    for record in records:
        given, number = record.values, record.values["account_number"]
        found = stored.accounts.get(number)
        row = found or TradingAccount(number=number)
        wanted: dict[str, Any] = {
            name: given[f"account_{name}"] for name in ("kind", "currency") if f"account_{name}" in given
        }
        for name in ("net_value", "cash"):
            if f"account_{name}" in given:
                wanted[name] = Decimal(given[f"account_{name}"])
        if "account_as_of" in given:
            wanted["balances_at"] = datetime.fromisoformat(given["account_as_of"]) if given["account_as_of"] else None
        realm = given.get("account_realm", row.realm)
        if found is None:
            wanted["realm"] = realm
        elif found.pk and realm != found.realm:
            problems.add(record.place, "account_realm", f"cannot change: it is {found.realm}")
            continue
        changes.append(_change(record, row, found is None, wanted))
        stored.accounts[number] = row
    return changes


def mandates(records: Sequence[Record], stored: Stored, problems: Problems) -> list[Change]:
    """Plan who may act on what; one that ends is closed, and no row is left."""
    reached = [(record, *_ends_of(record, stored, problems)) for record in records]
    wanted = [(user.pk, account.pk) for _record, user, account in reached if user and account]
    rows = of_pairs(Mandate, ("user", "account"), wanted)
    found = {(row.user_id, row.account_id): row for row in rows}
    changes = []
    for record, user, account in reached:
        if user is None or account is None:
            continue
        row = found.get((user.pk, account.pk)) if user.pk and account.pk else None
        values: dict[str, Any] = {name: record.values[name] for name in _OF_MANDATE if name in record.values}
        ends = record.values.get("ended") == "yes"
        if row is None and ends:
            changes.append(Change(record, Mandate(), is_new=False))
            continue
        if row is None:
            values = {"role": MandateRole.OWNER} | values
        change = _change(record, row or Mandate(user=user, account=account), row is None, values)
        changes.append(Change(record, change.row, False, closes=True) if ends else change)
    return changes


def _ends_of(record: Record, stored: Stored, problems: Problems) -> tuple[User | None, TradingAccount | None]:
    """Return user and account of a mandate, None with a problem where there is none, or where realms differ."""
    user, account = stored.users.get(record.values["username"]), _account_of(record, stored, problems)
    if user is None or user.is_staff:
        problems.add(record.place, "username", f"{record.values['username']!r} is no customer's")
        return None, None
    if account and user.pk and account.pk and user.realm != account.realm:
        problems.add(record.place, "account_number", f"is {account.realm}, the username is {user.realm}")
        return None, None
    return user, account


def _account_of(record: Record, stored: Stored, problems: Problems) -> TradingAccount | None:
    account = stored.accounts.get(record.values["account_number"])
    if account is None:
        problems.add(record.place, "account_number", f"{record.values['account_number']!r} is no account")
    return account


def daily_values(records: Sequence[Record], stored: Stored, problems: Problems) -> list[Change]:
    """Plan values of accounts by day."""
    reached = [(record, account) for record in records if (account := _account_of(record, stored, problems))]
    wanted = [(account.pk, record.values["day"]) for record, account in reached if account.pk]
    rows = of_pairs(AccountValue, ("account", "day"), wanted)
    found = {(row.account_id, row.day.isoformat()): row for row in rows}
    changes = []
    for record, account in reached:
        row = found.get((account.pk, record.values["day"]))
        day = date.fromisoformat(record.values["day"])
        if row is None and not _has_needed(record, problems):
            continue
        values = {"net_value": Decimal(record.values["net_value"])} if "net_value" in record.values else {}
        changes.append(_change(record, row or AccountValue(account=account, day=day), row is None, values))
    return changes


def activity(records: Sequence[Record], stored: Stored, problems: Problems) -> list[Change]:
    """Plan entries of statements."""
    reached = [(record, account) for record in records if (account := _account_of(record, stored, problems))]
    wanted = [(account.pk, record.values["reference"]) for record, account in reached if account.pk]
    rows = of_pairs(AccountActivity, ("account", "reference"), wanted)
    found = {(row.account_id, row.reference): row for row in rows}
    changes = []
    for record, account in reached:
        row = found.get((account.pk, record.values["reference"]))
        if row is None and not _has_needed(record, problems):
            continue
        new = row or AccountActivity(account=account, reference=record.values["reference"])
        changes.append(_change(record, new, row is None, dict(_entry(record.values))))
    return changes


def _entry(given: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of an entry."""
    plain: dict[str, Callable[[str], Any]] = {
        "at": datetime.fromisoformat,
        "activity_kind": str,
        "own": lambda text: text == "yes",
        "instrument": str,
        "quantity": lambda text: Decimal(text) if text else None,
        "amount": lambda text: Decimal(text) if text else None,
        "currency": str,
    }
    for name, read in plain.items():
        if name in given:
            yield name.removeprefix("activity_"), read(given[name])


def _has_needed(record: Record, problems: Problems) -> bool:
    """Tell whether a new thing has all it needs."""
    absent = [column.name for column in record.kind.columns if column.is_needed and column.name not in record.values]
    for name in absent:
        problems.add(record.place, name, f"is missing, and this {record.kind.name} is new")
    return not absent


def _change(record: Record, row: Any, is_new: bool, wanted: dict[str, Any]) -> Change:
    """Return the change to what is wanted; of a row planned by a dry run nothing else is known."""
    is_known = is_new or row.pk
    different = {name: value for name, value in wanted.items() if is_new or getattr(row, name) != value}
    closes = record.values["closed"] == "yes" if "closed" in record.values else None
    if closes is not None and closes == bool(getattr(row, "closed_at", None)):
        closes = None
    return Change(record, row, is_new, different if is_known else {}, closes if is_known else None)


PLANNERS: dict[str, Planner] = {
    PERSON.name: people,
    LOGIN.name: log_ins,
    ACCOUNT.name: accounts,
    MANDATE.name: mandates,
    VALUE.name: daily_values,
    ACTIVITY.name: activity,
}
