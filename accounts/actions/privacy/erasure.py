"""Erasing a person: everything personal goes, and the record of what happened stays verifiable (GDPR, article 17)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions.privacy import stored_tables
from accounts.actions.privacy.stored_tables import Person
from accounts.actions.purging import Work
from accounts.models import Customer, Employee, Report, User
from accounts.models.staff import RoleChange
from portal.audit.event_names import RecordEvent
from portal.audit.record import record_each

Obstacles = Callable[[Person], Iterator[str]]
_BATCH = 100
_OBSTACLES: list[Obstacles] = []


class NotErasable(Exception):
    """Something is still under way; the sentences say what."""


def register(obstacles: Obstacles) -> None:
    """Ask this function too, which yields a sentence for each thing under way; apps do so once, at start."""
    if obstacles not in _OBSTACLES:
        _OBSTACLES.append(obstacles)


def of_customer(customer: Customer) -> Person:
    """Return a customer, without what they may be as staff."""
    return Person(list(customer.users.order_by("pk")), customer=customer)


def of_employee(employee: Employee) -> Person:
    """Return a member of staff, without what they may be as a customer."""
    return Person(list(employee.users.order_by("pk")), employee=employee)


def erase(person: Person, *, now: datetime) -> None:
    """Erase a person whose every username is closed; a customer must be closed too.

    Effects: one event in the record of each username, and in that of each case; names, contacts, addresses, texts and
    authenticators go, and the username with them. Rows that others refer to stay, emptied. Cannot be undone.
    Raises: ``NotErasable``.
    """
    with transaction.atomic():
        person = _locked(person)
        if found := list(obstacles(person)):
            raise NotErasable(" ".join(found))
        record_each(RecordEvent.ERASED, [(user, {}) for user in person.users], by=None, now=now)
        for table in stored_tables.every():  # after the events: nobody adds words to these chains any more
            if table.rows and table.erase:
                table.erase(table, person, now)


def _locked(person: Person) -> Person:
    """Lock a person and their usernames, and return them as they are now: a feed may have opened them again.

    Usernames first, as whoever opens people does, and their names too, which change.
    """
    customer, employee = person.customer, person.employee
    theirs = Q(customer=customer) if customer else Q(employee=employee)
    users = User.objects.select_for_update(of=("self",), no_key=False).filter(theirs).order_by("pk")
    list(users)
    if customer:
        customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if employee:
        employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    return Person(list(users.all()), customer, employee)  # with one that was made until now


def obstacles(person: Person) -> Iterator[str]:
    """Yield a sentence for each thing that must be over before this person can be erased."""
    row = person.customer or person.employee
    if row is None or row.erased_at:
        yield "This person was erased already."
        return
    if any(user.closed_at is None for user in person.users):
        yield "A username is still open: close it first, by the firm's books or, for staff, with portal_staff leave."
    if person.customer and person.customer.closed_at is None:
        yield "The customer is still open: close them first, by the firm's books."
    if Report.objects.filter(user__in=person.user_ids, closed_at=None).exists():
        yield "A report of theirs is still open."
    if RoleChange.objects.filter(user__in=person.user_ids, outcome="").exists():
        yield "A change of their role is still open."
    for more in _OBSTACLES:
        yield from more(person)


def extent(person: Person) -> Iterator[tuple[str, int]]:
    """Yield each table that has rows of this person, and how many."""
    for table in stored_tables.every():
        if table.rows and (count := table.rows(person).count()):
            yield table.label, count


def due(*, now: datetime) -> tuple[QuerySet[Customer], QuerySet[Employee]]:
    """Return the people whose time is over: closed, with every username, for ``PORTAL_KEEP_CLOSED_DAYS``."""
    before = now - timedelta(days=settings.PORTAL_KEEP_CLOSED_DAYS)
    too_young = User.objects.filter(Q(closed_at=None) | Q(closed_at__gte=before))
    customers = Customer.objects.filter(erased_at=None, closed_at__lt=before).exclude(users__in=too_young)
    left = Employee.objects.filter(erased_at=None, left_at__lt=before).exclude(users__in=too_young)
    return customers.order_by("pk"), left.order_by("pk")


def erase_some(*, now: datetime, limit: int) -> int:
    """Erase up to ``limit`` of the people whose time is over; return how many. What is under way puts one off."""
    customers, left = due(now=now)
    people = chain(map(of_customer, customers.iterator()), map(of_employee, left.iterator()))
    return len(list(islice((1 for person in people if _is_erased(person, now=now)), limit)))


def _is_erased(person: Person, *, now: datetime) -> bool:
    try:
        erase(person, now=now)
    except NotErasable:
        return False
    return True


def _count(now: datetime) -> int:
    customers, left = due(now=now)
    return customers.count() + left.count()


LONG_CLOSED = Work("people closed for long", _count, lambda now: erase_some(now=now, limit=_BATCH))
