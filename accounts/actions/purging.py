"""Deleting what has served its time, in bounded batches, never inside a request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Model, Q, QuerySet

from accounts.models import EmailedCode, KnownBrowser, PlatformSession, Throttle

BATCH = 1000
_BUDGET_DAYS = 2
_BROWSER_DAYS = 400


@dataclass(frozen=True)
class Kind:
    """Rows of one table that may go: what they are, and which."""

    name: str
    over: Callable[[datetime], QuerySet[Model]]


def _budgets(now: datetime) -> QuerySet[Model]:
    """Budgets nobody has touched for days; those bounded over any time stay until they are cleared."""
    untouched = Q(last_at__lt=now - timedelta(days=_BUDGET_DAYS))
    return Throttle.objects.filter(untouched & (Q(total_limit=0) | Q(total=0)))


KINDS = (
    Kind("budgets of tries", _budgets),
    Kind("sessions that are over", lambda now: PlatformSession.objects.filter(ends_at__lte=now)),
    Kind("e-mailed codes that ran out", lambda now: EmailedCode.objects.filter(expires_at__lte=now)),
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
            gone += kind.over(now).filter(pk__in=batch).delete()[0]
        yield kind.name, gone


def count(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yield what ``purge`` would delete."""
    for kind in KINDS:
        yield kind.name, kind.over(now).count()
