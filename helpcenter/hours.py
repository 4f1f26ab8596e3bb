"""The hours of the support line in words; ``portal.lib.hours`` computes whether it is open now."""

from collections.abc import Iterator
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext, pgettext

from portal.lib.hours import DAYS


def spans() -> Iterator[tuple[str, str]]:
    """Yield (days, hours) in the order of the week, merging neighbouring days with equal hours.

    For example ("Monday to Friday", "08:00 to 20:00"); days without hours are left out.
    """
    for hours, run in groupby(DAYS, key=lambda day: settings.PORTAL_SUPPORT_HOURS.get(day, "")):
        days = list(run)
        if hours:
            yield _days(days), _to(*hours.split("-", 1))


def zone() -> str:
    """Return the zone of the hours in words, for example "New York time"."""
    place = settings.PORTAL_SUPPORT_TZ.rpartition("/")[2].replace("_", " ")
    return gettext("%(place)s time") % {"place": place}


def describe() -> str:
    """Return all hours in one line, with their zone."""
    return f"{', '.join(f'{days} {hours}' for days, hours in spans())} ({zone()})"


def _days(days: list[str]) -> str:
    names = _names()
    if len(days) == 1:
        return names[days[0]]
    return _to(names[days[0]], names[days[-1]])


def _names() -> dict[str, str]:
    words = (
        pgettext("weekday", "Monday"),
        pgettext("weekday", "Tuesday"),
        pgettext("weekday", "Wednesday"),
        pgettext("weekday", "Thursday"),
        pgettext("weekday", "Friday"),
        pgettext("weekday", "Saturday"),
        pgettext("weekday", "Sunday"),
    )
    return dict(zip(DAYS, words, strict=True))


def _to(first: str, last: str) -> str:
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}
