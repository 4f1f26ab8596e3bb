"""Notify users of a pause (LOCK-7).

The request that starts a pause does the same for known and unknown usernames; the worker finds out
afterwards who was affected. See docs/decisions/0021-limits-as-data.md.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import notice_kinds
from accounts.actions import notify
from accounts.actions.sign_in import pause_origins
from accounts.enums import Action
from accounts.models import User
from portal.audit.record import record
from portal.lib import time_format
from portal.outbox import periodic_tasks, queue
from portal.outbox.kinds import ChannelName
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.models import Throttle

_BATCH = 200
TOLD_EVERY = timedelta(hours=1)  # by e-mail and to the Key: an attacker must not fill the mailbox
_TOLD = (limits.PASSWORD.name, limits.CODE.name)


def announce(now: datetime) -> int:
    """Write the event and the notice for each new pause; return how many were settled.

    Waits until the attempt that started the pause has been evaluated: a right one undoes it.
    """
    settled = now - timedelta(seconds=settings.PORTAL_HASH_QUEUE_SECONDS + 5)
    waiting = Throttle.objects.filter(announced=False, used__gte=F("tries"), last_at__lte=settled, limit__in=_TOLD)
    rows = waiting.order_by("last_at").values_list("pk", flat=True)[:_BATCH]
    return periodic_tasks.each("pauses", rows, partial(_announce, now=now))


def announce_of(subject: str, *, now: datetime) -> None:
    """Write at once what still waits about the pauses of one subject, before somebody ends them.

    Needs: the transaction in which they end.
    """
    waiting = Throttle.objects.filter(announced=False, used__gte=F("tries"), subject=subject, limit__in=_TOLD)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        _announce(pk, now=now)


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
    """Notify the user of a pause: the first at once, others at most hourly; every one stands among the notices.

    Needs: the event of the pause in the same transaction. It locks the end of the user's chain, so that of two workers
    the second finds what the first has sent.
    """
    where = pause_origins.of(row.key)
    facts: dict[str, Any] = {
        "tries": row.used,
        "limit": row.limit,
        "until": time_format.next_minute(row.opens_at).isoformat() if row.opens_at else "",
        "device": where.device,
        "place": where.place,
        "ip": where.ip,
    }
    told = Notice.objects.filter(user=user, kind=notice_kinds.LOCKED.name)
    last = told.filter(channel=ChannelName.EMAIL).order_by("-created_at").first()
    if last and last.created_at > now - TOLD_EVERY:
        queue.post(user, notice_kinds.LOCKED, now=now, pauses=1, **facts)
        return
    untold = told.filter(channel=ChannelName.PORTAL, **({"created_at__gt": last.created_at} if last else {})).count()
    notify.notify_everywhere(user, notice_kinds.LOCKED, now=now, pauses=untold + 1, **facts)
