"""Warn somebody whose password others know, long before wrong codes leave nothing but recovery (LOCK-6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from accounts import notice_kinds
from accounts.actions import notify
from accounts.actions.sign_in.check_password import Pending
from accounts.models import User
from accounts.refusals import BackupCodeWrong, CodeWrong
from portal.lib import client
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, Reservation

WARNED_AT = (10, 50)  # wrong codes in a row
_ONCE = timedelta(days=1)


@contextmanager
def warning(pending: Pending, attempt: Reservation, *, origin: client.Origin, now: datetime) -> Iterator[None]:
    """Warn the user, as ``warn`` does, if the code that is checked inside is wrong."""
    try:
        yield
    except (CodeWrong, BackupCodeWrong, LimitReached):
        warn(pending, attempt, origin=origin, now=now)
        raise


def warn(pending: Pending, attempt: Reservation, *, origin: client.Origin, now: datetime) -> bool:
    """Tell the user that somebody who knows the password has given so many wrong codes; return whether that was due.

    ``attempt``: the one that was wrong. Whoever gives it has given the right password, so this tells them nothing.
    Effects: one notice on every channel for each number of ``WARNED_AT``, at most once a day.
    Needs: no open transaction; the one that rejected the code was rolled back.
    """
    in_a_row = max(granted.in_a_row for granted in attempt.granted)
    if in_a_row not in WARNED_AT:
        return False
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=pending.user_id)
        before = Notice.objects.filter(user=user, kind=notice_kinds.CODES_WRONG.name, created_at__gt=now - _ONCE)
        if before.filter(dedupe__startswith=_mark(user, in_a_row)).exists():
            return False
        notify.notify_everywhere(
            user,
            notice_kinds.CODES_WRONG,
            now=now,
            dedupe=f"{_mark(user, in_a_row)}|{now.timestamp():.0f}",
            tries=in_a_row,
            total=limits.CODE.bounds.total or 0,
            device=origin.device,
            place=origin.place,
            ip=origin.address,
        )
    return True


def _mark(user: User, in_a_row: int) -> str:
    return f"{notice_kinds.CODES_WRONG.name}|{user.pk}|{in_a_row}"
