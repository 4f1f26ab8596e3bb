"""Reserve an attempt before the secret is checked, and give it back on success.

See docs/decisions/0021-limits-as-data.md.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from portal.throttle.counting import Bucket, Limit
from portal.throttle.models import Granted, Throttle

log = logging.getLogger("portal.security")


class LimitReached(Exception):
    """No attempt is left. ``until``: when there will be one; None for never."""

    def __init__(self, limit: Limit, until: datetime | None) -> None:
        super().__init__(limit.name)
        self.limit, self.until = limit, until


@dataclass(frozen=True)
class Reservation:
    """A reserved attempt: where it was taken from, how many are left, and the limit it has used up."""

    granted: tuple[Granted, ...]
    tries_left: int
    reached: LimitReached | None = None

    def refusal(self, wrong: Exception) -> Exception:
        """Return the refusal of a wrong secret: ``wrong``, or the limit that this attempt has reached."""
        return self.reached or wrong


def reserve(*buckets: Bucket, now: datetime) -> Reservation:
    """Take one attempt from every bucket, or from none and raise.

    Effects: one row per bucket. To limit guessing, call it outside a transaction, since a roll-back returns the
    attempt; for things done, such as messages sent, that is just what one wants.
    Raises: ``LimitReached`` of the first bucket that has none left.
    """
    granted = Throttle.objects.reserve(buckets, now=now)
    if len(granted) < len(buckets):
        Throttle.objects.give_back(granted.values())
        raise _refused(next(bucket for bucket in buckets if bucket.key not in granted), now=now)
    left = {bucket: _left(bucket, granted[bucket.key]) for bucket in buckets}
    last = next((bucket for bucket in buckets if not left[bucket]), None)
    return Reservation(tuple(granted.values()), min(left.values()), _reached(last, now=now) if last else None)


def give_back(*reservations: Reservation) -> None:
    """Give attempts back: the secret was right, or was never checked."""
    Throttle.objects.give_back([one for reservation in reservations for one in reservation.granted])


def clear(*buckets: Bucket) -> None:
    """Clear all attempts of these buckets: the owner has been authenticated."""
    Throttle.objects.filter(key__in=[bucket.key for bucket in buckets]).delete()


def forget(limits: Iterable[Limit], *, subjects: Iterable[str] | None) -> int:
    """Clear all attempts of some subjects, or of everybody, under these limits; return how many buckets had any."""
    rows = Throttle.objects.filter(limit__in=_names(limits), used_in_a_row__gt=0)
    return (rows if subjects is None else rows.filter(subject__in=list(subjects))).delete()[0]


def end_pauses(limits: Iterable[Limit], *, subject: str, now: datetime) -> int:
    """End the running pauses of one subject under these limits; return how many there were.

    Totals stay.
    """
    locked = Throttle.objects.locked(now=now).filter(subject=subject, limit__in=_names(limits))
    # Asked for again outside: whoever waited for the row of another who was quicker sees here what is left of it.
    return Throttle.objects.filter(pk__in=locked.values("pk"), used__gte=F("tries")).update(used=0, since=now)


def locked_until(bucket: Bucket, *, now: datetime) -> datetime | None:
    """Return when a used-up bucket opens again, or None if it has attempts left."""
    row = Throttle.objects.locked(now=now).filter(key=bucket.key).first()
    return row.locked_until(now) if row else None


def _names(limits: Iterable[Limit]) -> list[str]:
    return [limit.name for limit in limits]


def _left(bucket: Bucket, granted: Granted) -> int:
    bounds = bucket.limit.bounds
    left = bounds.tries - granted.used
    return left if bounds.total is None else min(left, bounds.total - granted.in_a_row)


def _refused(bucket: Bucket, *, now: datetime) -> LimitReached:
    log.info("refused by a limit", extra={"facts": {"limit": bucket.limit.name, "subject": bucket.subject}})
    return _reached(bucket, now=now)


def _reached(bucket: Bucket, *, now: datetime) -> LimitReached:
    """Return the limit reached in a used-up bucket; an attempt given back meanwhile opens it at once."""
    total, row = bucket.limit.bounds.total, Throttle.objects.filter(key=bucket.key).first()
    if row is None or bucket.limit.bounds.window is None:
        return LimitReached(bucket.limit, None if row else now)
    is_for_good = total is not None and row.used_in_a_row >= total
    return LimitReached(bucket.limit, None if is_for_good else row.opens_at or row.fades_at)
