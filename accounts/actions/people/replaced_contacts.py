"""Contacts that were replaced: kept for a while, and an e-mail address is told everything meanwhile (FIRM-2).

Each function needs the transaction of the action that replaces the contact.
"""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.enums import ContactKind
from accounts.models import Customer, ReplacedContact, User


def remember_email(user: User, address: str, *, now: datetime) -> None:
    """Keep an address that this user had until now. Effects: one row, and on the user until when there are any."""
    if user.customer is None:
        return  # staff have no former addresses
    row = _remember(user.customer, ContactKind.EMAIL, address, user=user, now=now)
    user.replaced_told_until = row.told_until
    user.save(update_fields=["replaced_told_until"])


def remember_phone(customer: Customer, number: str, *, now: datetime) -> None:
    """Keep a number that this person had until now; nothing if there was none. Effects: one row."""
    if number:
        _remember(customer, ContactKind.PHONE, number, user=None, now=now)


def forget_email(user: User, address: str) -> None:
    """Forget an address that is the current one again."""
    rows = ReplacedContact.objects.filter(user=user)
    ReplacedContact.objects.filter(pk__in=[row.pk for row in rows if row.value == address]).delete()


def _remember(
    customer: Customer, kind: ContactKind, value: str, *, user: User | None, now: datetime
) -> ReplacedContact:
    until = now + timedelta(days=settings.PORTAL_REPLACED_CONTACT_DAYS)
    return ReplacedContact.objects.create(
        customer=customer, user=user, kind=kind, value=value, replaced_at=now, told_until=until
    )
