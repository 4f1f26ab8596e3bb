"""What is stored of the things that a batch of records is about."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Self, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from accounts.imports.columns import ACCOUNT, LOGIN, PERSON
from accounts.imports.reader import Record
from accounts.models import Customer, TradingAccount, User
from accounts.policies import scripts

Row = TypeVar("Row", bound=Model)
LeftOut = set[tuple[str, str]]  # column and value: what is closed in the books and was never here, or was erased


_NAMING = ("customer_number", "username", "account_number")


class Planned:
    """What a dry run would have made so far: kept in a temporary file, so that memory does not grow."""

    def __enter__(self) -> Self:
        self._store = sqlite3.connect("")  # a temporary file, deleted when it is closed
        self._store.execute("CREATE TABLE made (kind, key, of, PRIMARY KEY (kind, key)) WITHOUT ROWID")
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def add(self, kind: str, key: str, of: str = "") -> None:
        """Remember something that would be made; ``of``: whose it is."""
        self._store.execute("INSERT OR IGNORE INTO made VALUES (?, ?, ?)", (kind, key, of))

    def find(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return which of these would have been made, with whose they are."""
        found = {}
        for key in keys:
            row = self._store.execute("SELECT of FROM made WHERE kind = ? AND key = ?", (kind, key)).fetchone()
            if row:
                found[key] = str(row[0])
        return found


class Stored:
    """The people, usernames and accounts that a batch refers to, by the firm's number or by name.

    ``planned``: of a dry run, whose things stand there as rows that were never saved. ``left_out``: of the whole books.
    """

    def __init__(self, batch: Sequence[Record], planned: Planned | None, left_out: LeftOut) -> None:
        named = {name: _named(batch, name) for name in ("customer_number", "username", "account_number")}
        self.planned, self.left_out = planned, left_out
        self.customers = _by(Customer.objects.filter(number__in=named["customer_number"]), "number")
        # A name in another script that looks like one in Latin letters is looked up under both.
        usernames = named["username"] | {twin for name in named["username"] if (twin := scripts.reads_like(name))}
        users = User.objects.select_related("customer").filter(username__in=usernames)
        self.users = _by(users, "username")
        self.accounts = _by(TradingAccount.objects.filter(number__in=named["account_number"]), "number")
        if planned:
            self._add_planned(planned, named)

    def leaves_out(self, record: Record) -> bool:
        """Tell whether a record closes what is not here, or names what such a record closed earlier in these books.

        Somebody who was erased does not come back with books that still close them.
        """
        rows: dict[str, Mapping[str, object]] = {
            PERSON.name: self.customers,
            LOGIN.name: self.users,
            ACCOUNT.name: self.accounts,
        }
        known = rows.get(record.kind.name)
        key = (record.kind.keys[0], record.values[record.kind.keys[0]])
        is_closed = known is not None and key[1] not in known and record.values.get("closed") == "yes"
        if known is not None:
            self.left_out.discard(key)  # open again
        names_one = any((column, record.values.get(column, "")) in self.left_out for column in _NAMING)
        if known is not None and (is_closed or names_one):
            self.left_out.add(key)
        return is_closed or names_one

    def _add_planned(self, planned: Planned, named: dict[str, set[str]]) -> None:
        for number in planned.find(PERSON.name, named["customer_number"]):
            self.customers.setdefault(number, Customer(number=number))
        for name, number in planned.find(LOGIN.name, named["username"]).items():
            self.users.setdefault(name, User(username=name, customer=Customer(number=number)))
        for number in planned.find(ACCOUNT.name, named["account_number"]):
            self.accounts.setdefault(number, TradingAccount(number=number))


def of_pairs(model: type[Row], columns: tuple[str, str], wanted: Sequence[tuple[object, object]]) -> Iterable[Row]:
    """Return the rows whose two columns hold one of these pairs.

    A pair with None, of a row that is not saved yet, finds nothing. Both columns are compared at once: accounts that
    each count their entries from 1 would otherwise be read almost whole.
    """
    saved = [pair for pair in dict.fromkeys(wanted) if None not in pair]
    if not saved:
        return []
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    values = [
        field.get_db_prep_value(one, connection) for pair in saved for field, one in zip(fields, pair, strict=True)
    ]
    pairs = ", ".join(["(%s, %s)"] * len(saved))
    both = " AND ".join(f"found.{field.column} = pair.column{n}" for n, field in enumerate(fields, 1))
    # A join: with IN, SQLite would read the whole table.
    statement = f"SELECT found.* FROM (VALUES {pairs}) AS pair JOIN {model._meta.db_table} AS found ON {both}"  # noqa: S608  names of columns
    return model._default_manager.raw(statement, values)


def _named(batch: Sequence[Record], column: str) -> set[str]:
    return {record.values[column] for record in batch if column in record.values}


def _by(rows: "QuerySet[Row]", column: str) -> dict[str, Row]:
    return {getattr(row, column): row for row in rows}
