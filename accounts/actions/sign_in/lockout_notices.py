"""Notify users of a pause (LOCK-7).

The request that starts a pause does the same for known and unknown usernames; the worker finds out
afterwards who was affected. See docs/decisions/0021-limits-as-data.md.
"""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import notice_kinds
from accounts.enums import Action
from accounts.models import User
from portal.audit.record import record
from portal.outbox import periodic_tasks, queue
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.models import Throttle

_BATCH = 200
_TOLD_EVERY = timedelta(days=1)
_TOLD = (limits.PASSWORD.name, limits.CODE.name)


def announce(now: datetime) -> int:
    """Write the event and the notice for each new pause; return how many were settled.

    Waits until the attempt that started the pause has been evaluated: a right one undoes it.
    """
    settled = now - timedelta(seconds=settings.PORTAL_HASH_QUEUE_SECONDS + 5)
    waiting = Throttle.objects.filter(announced=False, used__gte=F("tries"), last_at__lte=settled, limit__in=_TOLD)
    rows = waiting.order_by("last_at").values_list("pk", flat=True)[:_BATCH]
    return periodic_tasks.each("pauses", rows, partial(_announce, now=now))


def _announce(pk: int, *, now: datetime) -> int:
    with transaction.atomic():
        row = Throttle.objects.filter(pk=pk).first()
        if row is None:
            return 0
        claimed = Throttle.objects.filter(pk=row.pk, announced=False, last_at=row.last_at).update(announced=True)
        user = User.objects.filter(username_hash=row.subject).first()
        if not claimed or user is None:
            return claimed
        record(Action.PAUSED, by=None, on=user, now=now, limit=row.limit, tries=row.used)
        _tell(user, row, now=now)
    return claimed


def _tell(user: User, row: Throttle, *, now: datetime) -> None:
    """Notify the user at most once a day: an attacker must not be able to fill the mailbox."""
    if Notice.objects.filter(user=user, kind=notice_kinds.LOCKED.name, created_at__gt=now - _TOLD_EVERY).exists():
        return
    until = row.opens_at.isoformat() if row.opens_at else ""
    # Two workers at once: one round later, the second finds that it was told.
    once = f"{notice_kinds.LOCKED.name}|{user.pk}|{now:%Y-%m-%d}"
    queue.email(user, notice_kinds.LOCKED, now=now, dedupe=once, tries=row.used, limit=row.limit, until=until)
