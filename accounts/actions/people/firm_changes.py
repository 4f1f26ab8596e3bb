"""What the firm's books change about people: contact, details, accounts and who may act on them (FIRM-2).

``by`` is None throughout: a feed does it. Each needs the transaction of its batch.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accounts import notice_kinds
from accounts.actions import notify
from accounts.actions.authenticators import emailed_code
from accounts.actions.people import replaced_contacts
from accounts.enums import Action
from accounts.models import AdmissionCode, Customer, EmailChange, Mandate, TradingAccount, User
from portal.audit.record import record, record_each
from portal.outbox import queue

TOLD_DETAILS = frozenset({"given_name", "middle_name", "family_name", "birth_date", "address", "phone"})


def replace_email(user: User, address: str, *, now: datetime) -> None:
    """Replace the address of a user; the old one is told, now and for a while.

    Effects: the user, codes on their way and a change that waits end; one event; notices to old and new address and
    the phones.
    """
    locked = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=user.pk)
    old, at = locked.email, now.isoformat()
    locked.email = address
    locked.save(update_fields=["email"])
    emailed_code.drop(user=locked)
    EmailChange.objects.filter(user=locked, confirmed_at=None).delete()
    AdmissionCode.objects.filter(username_hash=locked.username_hash).delete()
    record(Action.EMAIL_REPLACED, by=None, on=locked, now=now)
    notify.notify_everywhere(locked, notice_kinds.EMAIL_REPLACED, now=now, at=at)
    queue.email(locked, notice_kinds.EMAIL_REPLACED, now=now, address=old, at=at)
    replaced_contacts.remember_email(locked, old, now=now)


def update_details(customer: Customer, values: dict[str, Any], *, now: datetime) -> None:
    """Change what is on file about a person; every username of theirs has it in its record.

    Effects: the row; a replaced phone number is kept; an event for each username; a notice to each address for what
    people must hear of.
    """
    if "phone" in values:
        replaced_contacts.remember_phone(customer, customer.phone, now=now)
    if "address" in values:
        customer.address_changed_at = now
    for name, value in values.items():
        setattr(customer, name, value)
    also = ["address_changed_at"] if "address" in values else []
    customer.save(update_fields=[*values, *also])
    users = list(User.objects.filter(customer=customer, is_active=True).order_by("pk"))
    names = sorted(values)
    record_each(Action.DETAILS_UPDATED, [(user, {"fields": names}) for user in users], by=None, now=now)
    if told := sorted(TOLD_DETAILS & set(values)):
        queue.email_each_address(users, notice_kinds.DETAILS_UPDATED, now=now, fields=told, at=now.isoformat())


def note_mandates(action: Action, mandates: Sequence[Mandate], *, now: datetime) -> None:
    """Record on each user that the firm has given or taken access to accounts; one event each.

    By the id of the row: the firm's number would lead to the person after they were erased.
    """
    by_user: dict[int, tuple[User, list[int]]] = {}
    for mandate in mandates:
        by_user.setdefault(mandate.user_id, (mandate.user, []))[1].append(mandate.account_id)
    subjects = [(user, {"accounts": ids}) for user, ids in by_user.values()]
    if subjects:
        record_each(action, subjects, by=None, now=now)


def close_accounts(accounts: Iterable[TradingAccount], *, closes: bool, now: datetime) -> None:
    """Close accounts, or open them again, and record it on everybody who may act on them."""
    rows = list(accounts)
    TradingAccount.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=now if closes else None)
    theirs = Mandate.objects.filter(account__in=rows).select_related("user", "account")
    note_mandates(
        Action.ACCOUNT_CLOSED if closes else Action.ACCOUNT_REOPENED, list(theirs.order_by("user", "pk")), now=now
    )
