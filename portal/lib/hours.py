"""Opening hours: whether a line is open at a moment, and when that changes next.

A week is a mapping from ``mon`` .. ``sun`` to ``HH:MM-HH:MM``. An end at or before its start
is on the next day (``20:00-04:00``); ``24:00`` is midnight. A day without an entry is closed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_AHEAD = 8  # a whole week, and the day on which its last span ends


@dataclass(frozen=True)
class Status:
    """Open or not, and when that changes next; ``changes_at`` is None if it never does."""

    is_open: bool
    changes_at: datetime | None


def status(week: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Status:
    """Tell whether the line is open at ``now`` (aware) and when that changes, in ``zone``.

    The closing minute itself is closed. Raises: ``ValueError`` for malformed hours.
    """
    today = now.astimezone(zone).date()
    for start, end in _joined(_spans(week, zone, today)):
        if now < start:
            return Status(False, start)
        if now < end:
            return Status(True, end if end - now < timedelta(days=_DAYS_AHEAD - 1) else None)
    return Status(False, None)


def parse(hours: str) -> tuple[time, time]:
    """Return start and end of one day's hours. Raises: ``ValueError`` for anything but ``HH:MM-HH:MM``."""
    start, _, end = hours.partition("-")
    return time.fromisoformat(start.strip()), time.fromisoformat(end.strip().replace("24:00", "00:00"))


def _spans(week: Mapping[str, str], zone: ZoneInfo, today: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open span of each day, starting with yesterday, whose night shift may still be running."""
    for day in (today + timedelta(days=n) for n in range(-1, _DAYS_AHEAD)):
        if hours := week.get(DAYS[day.weekday()], ""):
            opens, closes = parse(hours)
            last = day if closes > opens else day + timedelta(days=1)
            yield datetime.combine(day, opens, zone), datetime.combine(last, closes, zone)


def _joined(spans: Iterator[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans, with adjoining ones merged."""
    open_span: tuple[datetime, datetime] | None = None
    for start, end in spans:
        if open_span and start <= open_span[1]:
            open_span = (open_span[0], end)
            continue
        if open_span:
            yield open_span
        open_span = (start, end)
    if open_span:
        yield open_span
