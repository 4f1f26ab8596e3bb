"""The table behind the limits: one row per bucket, one statement per decision.

See docs/decisions/0021-limits-as-data.md for why an attempt is reserved before the secret is checked.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from portal.throttle.counting import Bucket
from portal.throttle.limits import choices

_OVER = "t.used >= t.tries OR t.fades_at <= excluded.last_at"
_RESERVE = f"""
    INSERT INTO throttle_throttle AS t
        (key, "limit", subject, tries, total, used, used_in_a_row, since, fades_at, opens_at, last_at, announced)
    VALUES {{rows}}
    ON CONFLICT (key) DO UPDATE SET
        tries = excluded.tries,
        total = excluded.total,
        used = CASE WHEN {_OVER} THEN 1 ELSE t.used + 1 END,
        used_in_a_row = t.used_in_a_row + 1,
        since = CASE WHEN {_OVER} THEN excluded.since ELSE t.since END,
        fades_at = CASE WHEN {_OVER} THEN excluded.fades_at ELSE t.fades_at END,
        opens_at = excluded.opens_at,
        last_at = excluded.last_at,
        announced = FALSE
    WHERE (t.used < t.tries OR COALESCE(t.opens_at, t.fades_at) <= excluded.last_at)
        AND (excluded.total IS NULL OR t.used_in_a_row < excluded.total)
    RETURNING key, used, used_in_a_row, since
"""  # noqa: S608  nothing but our own constants
_GIVE_BACK = """
    UPDATE throttle_throttle SET used = used - 1, used_in_a_row = used_in_a_row - 1
    WHERE used > 0 AND id IN (
        SELECT id FROM throttle_throttle WHERE (key, since) IN (VALUES {rows}) ORDER BY key {lock}
    )
"""


class Granted(NamedTuple):
    """A granted attempt: what its bucket has used including it, and the window it was taken from."""

    key: str
    used: int
    in_a_row: int
    since: datetime | str  # as returned by the database


class ThrottleManager(models.Manager["Throttle"]):
    """The statements on which all limits rest."""

    def reserve(self, buckets: Sequence[Bucket], *, now: datetime) -> dict[str, Granted]:
        """Take one attempt from each bucket that has one left; return those granted, by key.

        One statement decides, so that however many requests arrive at once, in whatever process, no more are
        granted than the limit allows (LOCK-1). A locked bucket is left as it is: further attempts never extend a
        pause (LOCK-2). A window begins with its first attempt and is never extended, so an attempt that was never given
        back is forgotten at its end.
        """
        in_order = sorted(buckets, key=lambda bucket: bucket.key)  # so that no two requests wait for each other
        values = [value for bucket in in_order for value in _row(bucket, now)]
        row = f"(%s, %s, %s, %s, %s, 1, 1, {', '.join([_moment()] * 4)}, FALSE)"
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE.format(rows=", ".join([row] * len(in_order))), values)
            return {row[0]: Granted(*row) for row in cursor.fetchall()}

    def give_back(self, granted: Collection[Granted]) -> None:
        """Give attempts back, each only to the window it was taken from: not if that is over, or was cleared since."""
        if not granted:
            return
        rows = ", ".join([f"(%s, {_moment()})"] * len(granted))
        lock = "FOR UPDATE" if connection.vendor == "postgresql" else ""  # in the order in which they were taken
        with connection.cursor() as cursor:
            cursor.execute(
                _GIVE_BACK.format(rows=rows, lock=lock), [value for one in granted for value in (one.key, one.since)]
            )

    def locked(self, *, now: datetime) -> "models.QuerySet[Throttle]":
        """Return the buckets whose attempts are used up, with ``until`` when; None for ever."""
        used_up = self.filter(used__gte=F("tries")).annotate(until=Coalesce("opens_at", "fades_at"))
        return used_up.filter(Q(until__gt=now) | Q(until__isnull=True))

    def settled(self, *, before: datetime) -> "models.QuerySet[Throttle]":
        """Return the buckets that no longer matter: window and pause ended before, and no total is counted."""
        opened = Q(opens_at__isnull=True) | Q(opens_at__lt=before)
        return self.filter(opened, Q(total__isnull=True) | Q(used_in_a_row=0), fades_at__lt=before)


def _moment() -> str:
    return "%s::timestamptz" if connection.vendor == "postgresql" else "%s"


def _row(bucket: Bucket, now: datetime) -> list[str | int | None]:
    bounds = bucket.limit.bounds
    moments = (now, _after(now, bounds.window), _after(now, bounds.pause), now)
    adapted = [str(connection.ops.adapt_datetimefield_value(moment)) if moment else None for moment in moments]
    return [bucket.key, bucket.limit.name, bucket.subject, bounds.tries, bounds.total, *adapted]


def _after(now: datetime, span: timedelta | None) -> datetime | None:
    return None if span is None else now + span


class Throttle(models.Model):
    """What one bucket has used. Digests only: the names and addresses themselves are not stored.

    It is locked while ``used`` has reached ``tries``, until ``opens_at`` or, without a pause, ``fades_at``.
    """

    key = models.CharField(max_length=64, unique=True)
    limit = models.CharField(max_length=24, choices=choices)
    subject = models.CharField(max_length=64, db_index=True)
    tries = models.PositiveIntegerField()  # of the limit, at the last attempt
    total = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField()
    used_in_a_row = models.PositiveIntegerField()  # over any time, until cleared
    since = models.DateTimeField()  # the first attempt of the window
    fades_at = models.DateTimeField(null=True)  # the end of the window; null: never
    opens_at = models.DateTimeField(null=True)  # the end of the pause that the last attempt would begin, or has begun
    last_at = models.DateTimeField()
    announced = models.BooleanField()

    objects: ClassVar[ThrottleManager] = ThrottleManager()

    class Meta:
        verbose_name = "pause"
        verbose_name_plural = "pauses"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="throttle_total_counts_used", condition=Q(used_in_a_row__gte=F("used"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["fades_at"], name="throttle_fades"),
            models.Index(
                fields=["last_at"],
                condition=Q(announced=False, used__gte=F("tries")),
                name="throttle_to_announce",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.used}/{self.tries}"

    def locked_until(self, now: datetime) -> datetime | None:
        """Return when attempts are available again if they are used up; None if they are not, or never will be."""
        until = self.opens_at or self.fades_at
        return until if self.used >= self.tries and until and until > now else None
