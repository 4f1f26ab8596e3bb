"""Import customers from a file: checked as a whole, then written as a whole."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from itertools import islice
from typing import Self

from django.db import IntegrityError, models, reset_queries, transaction

from accounts.enums import Action, MandateRole
from accounts.imports import reader
from accounts.imports.columns import UNIQUE
from accounts.imports.reader import Problems, Row, TooManyProblems
from accounts.models import Customer, Mandate, TradingAccount, User
from accounts.models.users import hash_of_username
from portal.audit.models import SecurityEvent
from portal.audit.record import chain_of, record

_BATCH = 500
_KEPT: dict[str, tuple[type[models.Model], str]] = {
    "customer_number": (Customer, "number"),
    "username": (User, "username"),
    "account_number": (TradingAccount, "number"),
}


class ImportRefused(Exception):
    """Nothing was written; ``problems`` says why."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(map(str, problems.found)))
        self.problems = problems


@dataclass(frozen=True)
class Imported:
    """How many rows there were: customers with one user each, and their trading accounts."""

    customers: int
    accounts: int


def check(file: BufferedReader, *, kind: str, limit: int) -> Imported:
    """Check every row, also for duplicates in the file and the database; write nothing.

    ``kind``: csv or jsonl. ``limit``: problems to collect before giving up. Memory does not grow with the file:
    values already seen are kept in a temporary file. Raises: ``ImportRefused``.
    """
    problems = Problems(limit)
    customers = accounts = 0
    try:
        with _Seen(problems) as seen:
            for batch in _batches(reader.rows(file, kind, problems)):
                seen.compare(batch)
                customers += len(batch)
                accounts += sum(bool(row.values["account_number"]) for row in batch)
    except TooManyProblems:
        pass
    if problems.found:
        raise ImportRefused(problems)
    return Imported(customers, accounts)


def import_customers(file: BufferedReader, *, kind: str, by: User | None, now: datetime) -> Imported:
    """Write every customer of a file that ``check`` passed, or none.

    Effects: rows, in one transaction; one event on the system's chain with counts and the file's SHA-256.
    Raises: ``ImportRefused`` if file or database changed since the check.
    """
    problems = Problems(1)
    customers = accounts = 0
    try:
        with transaction.atomic():
            for batch in _batches(reader.rows(file, kind, problems)):
                customers += len(batch)
                accounts += _write(batch, now=now)
            record(
                Action.IMPORTED,
                by=by,
                on=None,
                now=now,
                customers=customers,
                accounts=accounts,
                file_sha256=_fingerprint(file),
            )
    except TooManyProblems as error:
        raise ImportRefused(problems) from error
    except IntegrityError as error:
        problems.found.append(reader.Problem(0, "", "Somebody wrote one of these customers meanwhile; check again."))
        raise ImportRefused(problems) from error
    return Imported(customers, accounts)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
        reset_queries()  # with PORTAL_DEBUG, Django keeps the text of every statement


class _Seen:
    """Values that must be unique: those in the file, kept on disk, and those in the database."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def __enter__(self) -> Self:
        self.store = sqlite3.connect("")  # a temporary file, deleted when it is closed
        self.store.execute("CREATE TABLE seen (name, value, line, PRIMARY KEY (name, value)) WITHOUT ROWID")
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def compare(self, batch: list[Row]) -> None:
        """Report each value that an earlier line or the database has."""
        for name in UNIQUE:
            model, field = _KEPT[name]
            values = [row.values[name] for row in batch if row.values[name]]
            taken = set(model._default_manager.filter(**{f"{field}__in": values}).values_list(field, flat=True))
            for row in batch:
                self._compare(row, name, taken)

    def _compare(self, row: Row, name: str, taken: set[str]) -> None:
        value = row.values[name]
        if not value:
            return
        if value in taken:
            self.problems.add(row.line, name, f"{value!r} is in the portal already")
        earlier = self.store.execute("SELECT line FROM seen WHERE name = ? AND value = ?", (name, value)).fetchone()
        if earlier:
            self.problems.add(row.line, name, f"{value!r} is on line {earlier[0]} already")
        else:
            self.store.execute("INSERT INTO seen VALUES (?, ?, ?)", (name, value, row.line))


def _write(batch: list[Row], *, now: datetime) -> int:
    customers = Customer.objects.bulk_create([_customer(row) for row in batch])
    users = User.objects.bulk_create(
        [_user(row, customer, now=now) for row, customer in zip(batch, customers, strict=True)]
    )
    owners = [(row, user) for row, user in zip(batch, users, strict=True) if row.values["account_number"]]
    accounts = TradingAccount.objects.bulk_create([_account(row) for row, _user in owners])
    Mandate.objects.bulk_create(
        Mandate(user=user, account=account, role=MandateRole.OWNER)
        for (_row, user), account in zip(owners, accounts, strict=True)
    )
    return len(accounts)


def _customer(row: Row) -> Customer:
    plain = ("given_name", "middle_name", "family_name", "birth_date", "phone", "language", "time_zone")
    return Customer(
        number=row.values["customer_number"],
        address=row.starting("address_"),
        application=row.starting("application_"),
        **{name: row.values[name] for name in plain},
    )


def _user(row: Row, customer: Customer, *, now: datetime) -> User:
    user = User(
        username=row.values["username"],
        username_hash=hash_of_username(row.values["username"]),
        email=row.values["email"],
        realm=row.values["realm"],
        customer=customer,
        password=row.values["password_hash"],
        created_at=now,
    )
    if not user.password:
        user.set_unusable_password()
    return user


def _account(row: Row) -> TradingAccount:
    facts = {name: row.values[f"account_{name}"] for name in ("number", "kind", "currency", "net_value", "cash")}
    return TradingAccount(realm=row.values["realm"], **facts)


def _fingerprint(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def is_first() -> bool:
    """Tell whether nothing has been imported yet."""
    return not SecurityEvent.objects.filter(chain=chain_of(None), action=Action.IMPORTED).exists()
