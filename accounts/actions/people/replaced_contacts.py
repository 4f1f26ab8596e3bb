"""Contacts that were replaced: they are told everything for a while longer, and of the replacement itself (FIRM-2)."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.enums import ContactKind
from accounts.models import Customer, ReplacedContact, User


def remember(*, kind: ContactKind, value: str, user: User | None, customer: Customer, now: datetime) -> None:
    """Keep a contact that was replaced now. ``user``: whose e-mail address it was.

    Effects: one row, and with a user the date until which old addresses are told. Needs: the action's transaction.
    """
    if not value:
        return
    until = now + timedelta(days=settings.PORTAL_REPLACED_CONTACT_DAYS)
    ReplacedContact.objects.create(
        customer=customer, user=user, kind=kind, value=value, replaced_at=now, told_until=until
    )
    if user is not None:
        user.replaced_told_until = until
        user.save(update_fields=["replaced_told_until"])


def forget(*, user: User, address: str) -> None:
    """Forget an address that is the current one again. Needs: the action's transaction."""
    rows = ReplacedContact.objects.filter(user=user)
    ReplacedContact.objects.filter(pk__in=[row.pk for row in rows if row.value == address]).delete()
