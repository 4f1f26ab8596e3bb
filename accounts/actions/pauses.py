"""Telling owners of a pause (LOCK-7).

The request that begins a pause does the same for known and unknown names; the worker finds out
afterwards whose it was. See docs/decisions/0006-budgets-of-tries.md.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.actions import audit, notices
from accounts.enums import Action, Budget
from accounts.models import Throttle, User

_BATCH = 200


def announce(now: datetime) -> int:
    """Write the event and the notice of each pause that has begun; return how many were looked at.

    Waits until the try that began the pause has been evaluated: a right one takes the pause back.
    """
    settled = now - timedelta(seconds=settings.PORTAL_HASH_QUEUE_SECONDS + 5)
    waiting = Throttle.objects.filter(announced=False, paused_until__isnull=False, last_at__lte=settled)
    rows = list(waiting.order_by("last_at")[:_BATCH])
    for row in rows:
        _announce(row, now=now)
    return len(rows)


def _announce(row: Throttle, *, now: datetime) -> None:
    with transaction.atomic():
        claimed = Throttle.objects.filter(pk=row.pk, announced=False, last_at=row.last_at).update(announced=True)
        user = User.objects.filter(name_digest=row.subject).first()
        if not claimed or user is None or row.budget not in {Budget.PASSWORD, Budget.CODE}:
            return
        audit.record(Action.PAUSED, by=None, on=user, now=now, budget=row.budget, tries=row.used)
        until = row.paused_until.isoformat() if row.paused_until else ""
        notices.tell(user, "paused", now=now, tries=row.used, budget=row.budget, until=until)
