"""Deleting what has served its time, in bounded batches, never inside a request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Model, Q, QuerySet

from accounts.enums import NoticeState
from accounts.models import EmailedCode, KnownBrowser, Notice, PlatformSession, Spent, Throttle

BATCH = 1000
_BUDGET_DAYS = 2
_BROWSER_DAYS = 400
_DEAD_NOTICE_DAYS = 30
_SPENT_HOURS = 24  # longer than any signed call or challenge is good for


def _delete(rows: QuerySet[Model]) -> int:
    return rows.delete()[0]


def _forget_facts(rows: QuerySet[Model]) -> int:
    return rows.update(facts="")


@dataclass(frozen=True)
class Kind:
    """Rows of one table that may go, or lose what they hold: what they are, and which."""

    name: str
    over: Callable[[datetime], QuerySet[Model]]
    end: Callable[[QuerySet[Model]], int] = _delete


def _budgets(now: datetime) -> QuerySet[Model]:
    """Budgets nobody has touched for days; those bounded over any time stay until they are cleared."""
    untouched = Q(last_at__lt=now - timedelta(days=_BUDGET_DAYS))
    return Throttle.objects.filter(untouched & (Q(total_limit=0) | Q(total=0)))


def _given_up(now: datetime) -> QuerySet[Model]:
    """Notices nobody had sent after all: that they were due stays on record, not what they held."""
    old = now - timedelta(days=_DEAD_NOTICE_DAYS)
    return Notice.objects.filter(state=NoticeState.DEAD, created_at__lt=old).exclude(facts="")


KINDS = (
    Kind("budgets of tries", _budgets),
    Kind("sessions that are over", lambda now: PlatformSession.objects.filter(ends_at__lte=now)),
    Kind("e-mailed codes that ran out", lambda now: EmailedCode.objects.filter(expires_at__lte=now)),
    Kind("spent nonces", lambda now: Spent.objects.filter(spent_at__lt=now - timedelta(hours=_SPENT_HOURS))),
    Kind("facts of notices given up", _given_up, _forget_facts),
    Kind(
        "browsers not seen for long",
        lambda now: KnownBrowser.objects.filter(last_used_at__lt=now - timedelta(days=_BROWSER_DAYS)),
    ),
)


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Delete kind by kind; yield each kind's name and how many rows went.

    Effects: one short transaction per batch of ``BATCH`` rows, so that nobody waits for it.
    """
    for kind in KINDS:
        gone = 0
        while batch := list(kind.over(now).values_list("pk", flat=True)[:BATCH]):
            gone += kind.end(kind.over(now).filter(pk__in=batch))
        yield kind.name, gone


def count(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yield what ``purge`` would delete."""
    for kind in KINDS:
        yield kind.name, kind.over(now).count()
