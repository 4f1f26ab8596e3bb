"""Times in words, in the reader's zone."""

import functools
import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext


@functools.cache
def zones() -> frozenset[str]:
    """Return the names of all time zones; read from the disk once."""
    return frozenset(zoneinfo.available_timezones())


def reader_zone() -> str:
    """Return the zone in which to show times: the one activated for this request, else the firm's default."""
    active = timezone.get_current_timezone_name()
    return settings.PORTAL_DEFAULT_TZ if active == settings.TIME_ZONE else active


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


def time_words(moment: datetime, zone: str = "", pattern: str = "H:i") -> str:
    """Return a time with its zone: 14:32 (New York time)."""
    name = zone or reader_zone()
    local = moment.astimezone(ZoneInfo(name))
    return gettext("{time} ({zone})").format(time=formats.date_format(local, pattern), zone=zone_words(name))
