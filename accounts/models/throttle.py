"""Budgets of tries: one row per subject, one statement per decision.

See docs/decisions/0006-budgets-of-tries.md for why a try is reserved before the secret is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection, models
from django.db.models import F, Q

from accounts.enums import Budget

_RESERVE = """
    INSERT INTO accounts_throttle AS t
        (key, budget, subject, "limit", total_limit, used, total, last_at, announced)
    VALUES {rows}
    ON CONFLICT (key) DO UPDATE SET
        "limit" = excluded."limit",
        total_limit = excluded.total_limit,
        used = {used},
        total = t.total + 1,
        last_at = excluded.last_at,
        announced = FALSE,
        paused_until = CASE WHEN {used} >= excluded."limit" THEN {moment} END
    WHERE (t.paused_until IS NULL OR t.paused_until <= excluded.last_at)
        AND (excluded.total_limit = 0 OR t.total < excluded.total_limit)
    RETURNING key, used
"""


@dataclass(frozen=True, order=True)
class Claim:
    """A try to be reserved. Keys and subjects are digests (``portal.lib.digests``)."""

    key: str  # of budget, subject and lane
    budget: Budget
    subject: str  # of the username or the network alone: staff and the worker look up by it
    limit: int  # tries until the pause
    total_limit: int = 0  # tries in a row over any time, 0 for no bound


class ThrottleManager(models.Manager["Throttle"]):
    """The statements that everything rests on."""

    def reserve(self, claims: Sequence[Claim], *, now: datetime, pause: timedelta) -> dict[str, int]:
        """Take one try from each budget that has one left; return tries used, by key, of those granted.

        One statement decides, so that however many requests arrive at once, in whatever process,
        exactly ``limit`` are granted (LOCK-1). A paused budget is left as it is: nobody's typing
        moves the end of a pause (LOCK-2). Tries are forgotten ``pause`` after the last one.
        Needs: no open transaction, since a roll-back would return the try.
        """
        moment = "%s::timestamptz" if connection.vendor == "postgresql" else "%s"
        forgotten = f"t.paused_until IS NOT NULL OR t.last_at <= {moment}"
        used = f"CASE WHEN {forgotten} THEN 1 ELSE t.used + 1 END"
        rows = ", ".join([f"(%s, %s, %s, %s, %s, 1, 1, {moment}, FALSE)"] * len(claims))
        window, at, end = (connection.ops.adapt_datetimefield_value(m) for m in (now - pause, now, now + pause))
        values = [
            value
            for claim in sorted(claims)  # one order for everybody, so that no two requests wait for each other
            for value in (claim.key, claim.budget.value, claim.subject, claim.limit, claim.total_limit, at)
        ]
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE.format(rows=rows, used=used, moment=moment), [*values, window, window, end])
            return dict(cursor.fetchall())

    def give_back(self, keys: Iterable[str]) -> None:
        """Return one try to each budget: the secret was right, or was never looked at."""
        self.filter(key__in=list(keys), used__gt=0).update(used=F("used") - 1, total=F("total") - 1, paused_until=None)

    def clear(self, keys: Iterable[str]) -> int:
        """Forget all tries of these budgets: whoever holds them has proved to be the owner."""
        return self.filter(key__in=list(keys)).update(used=0, total=0, paused_until=None)


class Throttle(models.Model):
    """One budget of one subject. Digests only: names and addresses that were typed are not kept."""

    key = models.CharField(max_length=64, unique=True)
    budget = models.CharField(max_length=16, choices=Budget.choices)
    subject = models.CharField(max_length=64, db_index=True)
    limit = models.PositiveSmallIntegerField()
    used = models.PositiveSmallIntegerField()
    total = models.PositiveIntegerField()
    total_limit = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)
    paused_until = models.DateTimeField(null=True)
    announced = models.BooleanField()

    objects: ClassVar[ThrottleManager] = ThrottleManager()

    class Meta:
        verbose_name = "budget of tries"
        verbose_name_plural = "budgets of tries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="throttle_limit_leaves_a_try", condition=Q(limit__gte=2)),
            models.CheckConstraint(name="throttle_total_counts_used", condition=Q(total__gte=F("used"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["last_at"],
                condition=Q(announced=False, paused_until__isnull=False),
                name="throttle_to_announce",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.used}/{self.limit}"
