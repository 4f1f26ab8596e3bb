"""Closing usernames and people, as the firm's books say, and opening them again (FIRM-2)."""

from datetime import datetime

from accounts import notice_kinds
from accounts.actions import sessions
from accounts.actions.authenticators import emailed_code
from accounts.actions.keys import key_revocation
from accounts.enums import Action, EndReason
from accounts.models import Customer, User
from portal.audit.record import record
from portal.outbox import queue


def close_user(user: User, *, now: datetime) -> None:
    """Close a username: nobody signs in with it, and to strangers it looks like one that nobody has.

    Effects: everything open ends, Keys, passkeys and backup codes too; one event, one notice. Nothing if it is closed.
    Needs: the transaction of its batch.
    """
    locked = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=user.pk)
    if locked.closed_at:
        return
    sessions.end_everything(locked)
    emailed_code.drop(user=locked)
    key_revocation.revoke_authenticators(user=locked, reason=EndReason.CLOSED, by=None, origin=None, now=now)
    locked.is_active, locked.closed_at = False, now
    locked.save(update_fields=["is_active", "closed_at"])
    record(Action.CLOSED, by=None, on=locked, now=now)
    queue.email(locked, notice_kinds.USERNAME_CLOSED, now=now, at=now.isoformat())


def reopen_user(user: User, *, now: datetime) -> None:
    """Open a closed username again; its Keys stay off, so that signing in leads to a new one.

    Effects: one event, one notice. Nothing if it is open. Needs: the transaction of its batch.
    """
    locked = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=user.pk)
    if locked.closed_at is None:
        return
    locked.is_active, locked.closed_at = True, None
    locked.save(update_fields=["is_active", "closed_at"])
    record(Action.REOPENED, by=None, on=locked, now=now)
    queue.email(locked, notice_kinds.USERNAME_REOPENED, now=now, at=now.isoformat())


def close_person(customer: Customer, *, now: datetime) -> None:
    """Close a person with every username. Needs: the transaction of its batch."""
    customer.closed_at = now
    customer.save(update_fields=["closed_at"])
    for user in customer.users.filter(closed_at=None).order_by("pk"):
        close_user(user, now=now)


def reopen_person(customer: Customer, *, now: datetime) -> None:
    """Open a person again, with the usernames that were closed along with them."""
    together = customer.users.filter(closed_at=customer.closed_at)
    for user in list(together.order_by("pk")):
        reopen_user(user, now=now)
    customer.closed_at = None
    customer.save(update_fields=["closed_at"])
