"""What notices and events have in common on their way: a lease while a worker holds them, and waits between attempts.

See docs/decisions/0011-outbox.md.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

_FIRST_RETRY_SECONDS = 10  # doubled each time
_MAX_DOUBLINGS = 16  # a week: beyond any longest wait


def free(now: datetime) -> Q:
    """Return the condition for rows that no worker holds."""
    return Q(lease_until=None) | Q(lease_until__lt=now)


def end(now: datetime) -> datetime:
    """Return until when a worker holds what it claims now."""
    return now + timedelta(seconds=settings.PORTAL_NOTICE_LEASE_SECONDS)


def retry_wait(attempts: int, *, longest: int) -> timedelta:
    """Return how long to wait after so many attempts, at most half as long again as ``longest`` (seconds)."""
    wait = min(_FIRST_RETRY_SECONDS * 2 ** min(attempts - 1, _MAX_DOUBLINGS), longest)
    return timedelta(seconds=wait + secrets.randbelow(wait // 2 + 1))  # so that many are not retried at the same moment
