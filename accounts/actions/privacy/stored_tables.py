"""Every table that holds something, whose it is, what its people are given of it, and when it ends.

Apps register theirs; a house test asks for every table there is. docs/reference/personal-data.md is generated from it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet

from accounts.models import Customer, Employee, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Person:
    """Somebody with all their usernames: a customer, a member of staff, or both."""

    users: Sequence[User]
    customer: Customer | None = None
    employee: Employee | None = None

    @property
    def user_ids(self) -> list[int]:
        """Return the primary keys of the usernames."""
        return [user.pk for user in self.users]


Rows = Callable[[Person], QuerySet[Any]]


def of_users(model: type[Model], by: str = "user") -> Rows:
    """Return what finds the rows that belong to one of the person's usernames; ``by`` leads there."""
    return lambda person: model._default_manager.filter(**{f"{by}__in": person.user_ids}).order_by("pk")


def delete(table: "StoredTable", person: Person, _now: datetime) -> None:
    """Delete the rows, and what depends on them."""
    if table.rows:
        table.rows(person).delete()


@dataclass(frozen=True)
class StoredTable:
    """One table. Without ``rows`` it holds nothing that belongs to a person.

    ``shown``: the columns that a person is given, ``a__b`` for one of a related row; ``facts``: more of them, by name,
    for each of some rows at once.
    ``withheld``: the others that say something, each of which is a secret or somebody else's.
    ``erase``: what erasing the person does with the rows; None: they stay, and hold nothing personal. ``erased``: the
    same in words, if it is anything but deleting them.
    """

    model: type[Model]
    ends: str
    title: "StrOrPromise" = ""
    rows: Rows | None = None
    shown: tuple[str, ...] = ()
    facts: Callable[[Sequence[Any]], list[dict[str, Any]]] = lambda rows: [{}] * len(rows)
    withheld: tuple[str, ...] = ()
    erase: Callable[["StoredTable", Person, datetime], None] | None = delete
    erased: str = ""

    @property
    def label(self) -> str:
        """Return the name of the table, for example "accounts.User"."""
        return self.model._meta.label


_TABLES: list[StoredTable] = []
_OURS = {"accounts", "helpcenter", "portal", "recovery"}


def register(tables: Iterable[StoredTable]) -> None:
    """Register the tables of an app; apps do so once, in their ``ready()``, those that refer to others first."""
    _TABLES.extend(table for table in tables if table not in _TABLES)


def every() -> tuple[StoredTable, ...]:
    """Return all tables, in the order in which their rows are given out and can be deleted.

    People come first: the database lets the rest be emptied once they are marked as erased.
    """
    return tuple(sorted(_TABLES, key=lambda table: table.model not in {User, Customer, Employee}))


def markdown() -> str:
    """Return the table of docs/reference/personal-data.md: each table, and when its rows end."""
    lines = [
        f"| `{_name(table)}` | {_on_erasure(table)} | {table.ends} |"
        for table in sorted(every(), key=lambda table: table.label.lower())
    ]
    return "\n".join(["| Table | When the person is erased | Otherwise |", "|---|---|---|", *lines])


def _name(table: StoredTable) -> str:
    """Return the name of one of our tables as in the code, that of a library's as in the database."""
    is_ours = table.model.__module__.partition(".")[0] in _OURS
    return table.label if is_ours else table.model._meta.db_table


def _on_erasure(table: StoredTable) -> str:
    if table.rows is None:
        return "nobody's"
    return table.erased or ("stays" if table.erase is None else "deleted")
