"""The accounts a user may act on, as a list: found, grouped, sorted and summed. Of one statement, whatever is asked.

A thousand accounts fit in memory, and Python compares names alike on every database: SQLite folds no umlauts.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, cast

from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountKind, MandateRole
from accounts.models import Mandate, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# By the name in the address.
GROUPINGS: dict[str, "StrOrPromise"] = {"client": _("Client"), "kind": _("Kind"), "none": _("None")}
SORTINGS: dict[str, "StrOrPromise"] = {"name": _("Name"), "value": _("Value"), "cash": _("Cash")}
_MOST_RECENT = 5
_COLUMNS = ("number", "kind", "realm", "currency", "net_value", "cash", "balances_at", "closed_at")


@dataclass(frozen=True)
class Entry:
    """One account in the list of one user, who may call it something and have it for a client."""

    account_id: int
    number: str
    kind: str
    realm: str
    currency: str
    net_value: Decimal
    cash: Decimal
    balances_at: datetime | None
    closed_at: datetime | None
    label: str
    client: str
    role: str
    chosen_at: datetime | None

    @property
    def kind_words(self) -> str:
        """Return the kind of account in words."""
        return str(AccountKind(self.kind).label)

    @property
    def icon(self) -> str:
        """Return the icon of its kind: of one person, or of several."""
        return "users" if self.kind in (AccountKind.JOINT, AccountKind.CORPORATE) else "user"

    @property
    def role_words(self) -> str:
        """Return what the user is on the account."""
        return str(MandateRole(self.role).label)

    @property
    def name(self) -> str:
        """Return what the account is called in this list."""
        return self.label or gettext("{kind} account").format(kind=self.kind_words)


_SIZES: dict[str, Callable[[Entry], Decimal]] = {"value": lambda one: -one.net_value, "cash": lambda one: -one.cash}


@dataclass(frozen=True)
class Total:
    """What open accounts of one currency are worth together; nothing is converted."""

    currency: str
    net_value: Decimal
    cash: Decimal
    accounts: int


@dataclass(frozen=True)
class Group:
    """Accounts that belong together: ``key`` names the group in an address."""

    key: str
    name: str
    entries: Sequence[Entry]

    @property
    def totals(self) -> list[Total]:
        """Return what they are worth, by currency."""
        return totals_of(self.entries)


@dataclass(frozen=True)
class ListOptions:
    """What to show: the words to find, the grouping, the group that is open (None: none is), and the order."""

    words: str = ""
    by: str = "none"
    opened: str | None = None
    sort: str = "name"

    @classmethod
    def read(cls, query: dict[str, str], entries: Sequence[Entry]) -> Self:
        """Read the query of an address; what is unknown counts as not given.

        An adviser's list is grouped by client, and begins with the group of the account that they work with.
        """
        has_clients = any(entry.client for entry in entries)
        by = query.get("by", "")
        if by not in GROUPINGS or (by == "client" and not has_clients):
            by = "client" if has_clients else "none"
        sort = query.get("sort", "")
        opened = query.get("in")
        if opened is None and not query and (chosen := chosen_of(entries)):
            opened = _key_of(chosen, by)
        return cls(query.get("q", "").strip(), by, opened, sort if sort in SORTINGS else "name")

    @property
    def is_grouped(self) -> bool:
        """Tell whether groups are shown; what was searched for is not hidden in them."""
        return self.by != "none" and not self.words


def entries_of(user: User) -> list[Entry]:
    """Return the accounts that a user may act on. One statement."""
    columns = {name: F(f"account__{name}") for name in _COLUMNS}
    rows = Mandate.objects.filter(user=user).values("account_id", "label", "client", "role", "chosen_at", **columns)
    return [Entry(**cast("dict[str, Any]", row)) for row in rows]


def chosen_of(entries: Iterable[Entry]) -> Entry | None:
    """Return the account that the user works with: the only one, or the one that was chosen last."""
    listed = list(entries)
    if len(listed) == 1:
        return listed[0]
    chosen = [(entry.chosen_at, entry.account_id, entry) for entry in listed if entry.chosen_at]
    return max(chosen)[2] if chosen else None


def recent(entries: Iterable[Entry], *, but: str) -> list[Entry]:
    """Return the accounts that were chosen last, without the one of this number; before any was, the first ones."""
    others = [entry for entry in in_order(entries, "name") if entry.number != but and not entry.closed_at]
    long_ago = datetime.min.replace(tzinfo=UTC)
    return sorted(others, key=lambda one: one.chosen_at or long_ago, reverse=True)[:_MOST_RECENT]


def totals_of(entries: Iterable[Entry]) -> list[Total]:
    """Return the totals of the accounts that are open, the currency of most of them first."""
    by_currency: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.closed_at is None:
            by_currency[entry.currency].append(entry)
    totals = [
        Total(currency, _sum(one.net_value for one in listed), _sum(one.cash for one in listed), len(listed))
        for currency, listed in by_currency.items()
    ]
    return sorted(totals, key=lambda total: (-total.accounts, total.currency))


def found(entries: Iterable[Entry], words: str) -> list[Entry]:
    """Return the accounts whose name, number or client has all of these words in it, in any case and accent."""
    wanted = _plain(words).split()
    searched = ((entry, _plain(f"{entry.name} {entry.number} {entry.client}")) for entry in entries)
    return [entry for entry, text in searched if all(word in text for word in wanted)] if wanted else list(entries)


def in_order(entries: Iterable[Entry], sort: str) -> list[Entry]:
    """Return the accounts in one of the orders of ``SORTINGS``, closed ones last."""
    size = _SIZES.get(sort, _no_size)
    return sorted(entries, key=lambda one: (one.closed_at is not None, size(one), _plain(one.label), one.number))


def grouped(entries: Iterable[Entry], by: str, sort: str = "name") -> list[Group]:
    """Return the groups in one of the orders of ``SORTINGS``, with the accounts in the order given; no client last."""
    size = _SIZES.get(sort, _no_size)
    by_key: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_key[_key_of(entry, by)].append(entry)
    groups = [Group(key, _name_of(key, by), tuple(within)) for key, within in by_key.items()]
    return sorted(groups, key=lambda group: (not group.key, _size_of(group, size), _plain(group.name)))


def _size_of(group: Group, size: Callable[[Entry], Decimal]) -> Decimal:
    return _sum(size(entry) for entry in group.entries if entry.closed_at is None)


def _no_size(_entry: Entry) -> Decimal:
    return Decimal(0)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _key_of(entry: Entry, by: str) -> str:
    return {"client": entry.client, "kind": entry.kind}.get(by, "")


def _name_of(key: str, by: str) -> str:
    if by == "kind":
        return str(AccountKind(key).label)
    return key or gettext("No client")


def _plain(text: str) -> str:
    """Return a text to compare: no case, no accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))
