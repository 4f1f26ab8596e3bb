"""Times in words, in the reader's zone."""

import functools
import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext

from portal.lib import clock

_DAYS_OF_WEEK = 7


@functools.cache
def zones() -> frozenset[str]:
    """Return the names of all time zones; read from the disk once."""
    return frozenset(zoneinfo.available_timezones())


def reader_zone() -> str:
    """Return the zone in which to show times: the one activated for this request, else the firm's default."""
    active = str(timezone.get_current_timezone())  # not Django's name of it: that of a fixed zone is no zone
    return settings.PORTAL_DEFAULT_TZ if active == settings.TIME_ZONE else active


def of_staff(wanted: str) -> str:
    """Return the zone in which the desk shows times: the wanted one, else the firm's.

    Django's own time zone stands for none wanted in ``reader_zone``, so whoever wants it gets it by another name.
    """
    return "Etc/UTC" if wanted == settings.TIME_ZONE else wanted or settings.PORTAL_DEFAULT_TZ


def next_minute(moment: datetime) -> datetime:
    """Return the moment, or the next full minute: what is told to the minute must never be earlier than it is."""
    full = moment.replace(second=0, microsecond=0)
    return full if full == moment else full + timedelta(minutes=1)


def zone_words(name: str) -> str:
    """Name a zone after its city: ``America/New_York`` is New York time; a zone without a city keeps its name."""
    region, _, city = name.rpartition("/")
    if not region or region == "Etc":
        return city
    return gettext("{city} time").format(city=city.replace("_", " "))


def day_words(moment: datetime, zone: str = "") -> str:
    """Name a day that has been, in the reader's zone: today, yesterday, Monday, 16 November, 16 November 2025."""
    here = ZoneInfo(zone or reader_zone())
    day, today = moment.astimezone(here).date(), clock.now().astimezone(here).date()
    days = (today - day).days
    if days in (0, 1):
        return gettext("yesterday") if days else gettext("today")
    if 0 < days < _DAYS_OF_WEEK:
        return formats.date_format(day, "l")
    return formats.date_format(day, "j F" if day.year == today.year else "j F Y")


def is_same_day(moment: datetime, now: datetime) -> bool:
    """Tell whether both are on one day in the active zone."""
    return timezone.localtime(moment).date() == timezone.localtime(now).date()


def short_words(moment: datetime, now: datetime) -> str:
    """Return a moment without its zone, for pages that say it once: 14:32 if it is today, else 3 March, 14:32."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if is_same_day(moment, now):
        return formats.date_format(local, "H:i")
    return formats.date_format(local, "j F, H:i" if local.year == today.year else "j F Y, H:i")


def time_words(moment: datetime, zone: str = "", pattern: str = "H:i") -> str:
    """Return a time with its zone: 14:32 (New York time)."""
    name = zone or reader_zone()
    local = moment.astimezone(ZoneInfo(name))
    return gettext("{time} ({zone})").format(time=formats.date_format(local, pattern), zone=zone_words(name))
