"""Everything that is held about one person, as JSON and as a page to read (GDPR, articles 15 and 20)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.text import capfirst

from accounts import notice_kinds
from accounts.actions import holds, notify
from accounts.actions.privacy import stored_tables
from accounts.actions.privacy.stored_tables import Person, StoredTable
from accounts.enums import Action, HoldScope
from accounts.hold_refusals import DataHeld
from accounts.models import Customer, Employee, User
from accounts.refusals import refusing, too_often
from portal.audit.record import record, record_each
from portal.lib import client
from portal.throttle import limits
from portal.throttle.reserve import reserve

FORMAT = 1
_PAGE = 500  # rows in memory at once
# What columns of related rows are called.
_PATHS = {
    "account__number": "account",
    "case__number": "case",
    "letter__user__username": "username",
    "subject__username": "username",
    "user__username": "username",
}


@dataclass(frozen=True)
class Cell:
    """One value of a row: its name, as in the database; as a value of JSON; and in words."""

    name: str
    value: Any
    words: str

    @property
    def label(self) -> str:
        """Return the name as a heading."""
        return _heading(self.name)


@dataclass(frozen=True)
class Section:
    """The rows of one table, for one person."""

    table: str
    title: str
    rows: Iterator[list[Cell]]


def person_of(user: User) -> Person:
    """Return the person behind a username, as a customer and as staff."""
    return _both(user.customer or (user.employee.customer if user.employee else None), user.employee)


def give_out(row: Customer | Employee, *, now: datetime) -> Person:
    """Return the person, for somebody of the firm who gives the data out. Effects: an event for each username."""
    person = _both(row if isinstance(row, Customer) else row.customer, row if isinstance(row, Employee) else None)
    with transaction.atomic():
        record_each(Action.DATA_GIVEN_OUT, [(user, {}) for user in person.users], by=None, now=now)
    return person


def _both(customer: Customer | None, employee: Employee | None) -> Person:
    employee = employee or getattr(customer, "employee", None)
    theirs = [row.users.order_by("pk") for row in (customer, employee) if row is not None]
    return Person([user for users in theirs for user in users], customer, employee)


def sections(person: Person) -> Iterator[Section]:
    """Yield each table that people are given something of; one statement each, and those of its rows."""
    for table in stored_tables.every():
        if table.rows and (table.shown or table.title):
            yield Section(table.label, str(table.title), _rows(table, person))


def _rows(table: StoredTable, person: Person) -> Iterator[list[Cell]]:
    assert table.rows is not None  # noqa: S101  sections() has asked
    related = [name.rpartition("__")[0] for name in table.shown if "__" in name]
    found = table.rows(person)
    rows = (found.select_related(*related) if related else found).iterator(chunk_size=_PAGE)
    while page := list(islice(rows, _PAGE)):
        for row, facts in zip(page, table.facts(page), strict=True):
            cells = [_cell(row, name) for name in table.shown]
            yield cells + [Cell(name, _plain(value), _words(value)) for name, value in facts.items()]


def _cell(row: Model, name: str) -> Cell:
    *path, last = name.split("__")
    for step in path:
        row = getattr(row, step)
    value = getattr(row, last)
    display = getattr(row, f"get_{last}_display", None)
    return Cell(_PATHS.get(name, name), _plain(value), _words(display() if display else value))


def _heading(name: str) -> str:
    return capfirst(name.replace("_", " ").removesuffix(" at"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _words(value: Any) -> str:
    if value is None or value in ("", {}, []):
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, dict):
        return "\n".join(f"{_heading(name)}: {_words(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def as_json(person: Person, *, now: datetime) -> Iterator[str]:
    """Yield the text of a JSON document, a row at a time. Format: docs/how-to/privacy.md."""
    head = {"format": FORMAT, "made_at": now.isoformat(), "by": settings.PORTAL_BRAND_NAME}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {'
    for place, section in enumerate(sections(person)):
        yield f"{',' if place else ''}\n{json.dumps(section.table)}: ["
        for at, row in enumerate(section.rows):
            facts = {cell.name: cell.value for cell in row}
            yield f"{',' if at else ''}\n{json.dumps(facts, ensure_ascii=False)}"
        yield "]"
    yield "}}\n"


def as_page(person: Person, *, now: datetime) -> str:
    """Return a page to read: self-contained, without script, for a screen or a printer."""
    read = [(section.title, list(section.rows)) for section in sections(person)]
    shown, nothing = [part for part in read if part[1]], [title for title, rows in read if not rows]
    firm = {"brand_name": settings.PORTAL_BRAND_NAME, "legal_name": settings.PORTAL_LEGAL_NAME}
    facts = {"made_at": now, "sections": shown, "nothing": nothing}
    return render_to_string("privacy/export.html", firm | facts)


def held(user: User, *, now: datetime) -> DataHeld | None:
    """Return what a download would be refused with now: it waits as long as a change of contact details does."""
    present = holds.of(user, HoldScope.CONTACT, now=now)
    return DataHeld(until=present.until) if present else None


@refusing(too_often)
def note_downloaded(*, user: User, by: User, origin: client.Origin, now: datetime) -> Person:
    """Record that a customer downloads their data, tell them, and return whose it is.

    Effects: one event, notices on every channel. Needs: fresh proof. Raises: ``DataHeld``, ``TooOften``.
    """
    if refused := held(user, now=now):
        raise refused
    reserve(limits.DATA_DOWNLOAD.of(user.username_hash), now=now)
    with transaction.atomic():
        record(Action.DATA_DOWNLOADED, by=by, on=user, now=now, origin=origin)
        at, device = now.isoformat(), origin.device
        notify.notify_everywhere(user, notice_kinds.DATA_DOWNLOADED, now=now, at=at, device=device)
    return person_of(user)
