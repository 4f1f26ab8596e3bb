"""Whether the support line is open, and until when."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from portal.lib.hours import parse, status

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-20:00") | {"sat": "10:00-16:00"}
NIGHTS = {"fri": "20:00-04:00", "sat": "22:00-02:00"}
ALWAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00")


def at(text: str) -> datetime:
    """A moment of the week of Monday 2 March 2026, for example ``02 12:30``, in New York."""
    return datetime.strptime(f"2026-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("week", "now", "is_open", "changes_at"),
    [
        (OFFICE, "02 12:00", True, "02 20:00"),
        (OFFICE, "02 07:59", False, "02 08:00"),
        (OFFICE, "02 08:00", True, "02 20:00"),
        (OFFICE, "02 20:00", False, "03 08:00"),
        (OFFICE, "07 16:00", False, "09 08:00"),
        (NIGHTS, "07 03:59", True, "07 04:00"),
        (NIGHTS, "07 23:00", True, "08 02:00"),
        (NIGHTS, "08 01:00", True, "08 02:00"),
        (NIGHTS, "08 02:00", False, "13 20:00"),
        ({"mon": "08:00-24:00", "tue": "00:00-06:00"}, "02 23:59", True, "03 06:00"),
    ],
)
def test_the_line_is_open_until_it_closes(week, now, is_open, changes_at):
    found = status(week, NEW_YORK, at(now))

    assert (found.is_open, found.changes_at) == (is_open, at(changes_at))


def test_a_line_that_never_closes_names_no_end():
    found = status(ALWAYS, NEW_YORK, at("04 12:00"))

    assert (found.is_open, found.changes_at) == (True, None)


def test_a_line_that_never_opens_names_no_beginning():
    found = status({}, NEW_YORK, at("04 12:00"))

    assert (found.is_open, found.changes_at) == (False, None)


def test_the_moment_may_come_in_any_zone():
    found = status(OFFICE, NEW_YORK, at("02 12:00").astimezone(ZoneInfo("Asia/Tokyo")))

    assert found.is_open


@pytest.mark.parametrize("hours", ["8-20", "morning", "08:00", "25:00-26:00", ""])
def test_hours_that_cannot_be_read_are_refused(hours):
    with pytest.raises(ValueError, match=r".+"):
        parse(hours)
