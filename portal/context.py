"""What every page may say about the firm, independent of the reader.

Nothing here reads the session or the user, so a help page runs no SQL and opens no session.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from helpcenter.hours import spans
from portal.brand import appearance
from portal.lib import clock, hours, telephone, time_format


@dataclass(frozen=True)
class Support:
    """The support line at this moment: open or not, when that changes, and the zones in which to show it."""

    is_open: bool
    changes_at: datetime | None
    is_today: bool
    zone: str
    reader_zone: str


def brand(request: HttpRequest) -> dict[str, Any]:
    """Return names, looks, phone number, hours and limits for the templates."""
    return everywhere()


def everywhere() -> dict[str, Any]:
    """Return the same without a request."""
    return {
        "brand_name": settings.PORTAL_BRAND_NAME,
        "key_name": settings.PORTAL_KEY_NAME,
        "desktop_name": settings.PORTAL_DESKTOP_NAME,
        "mobile_name": settings.PORTAL_MOBILE_NAME,
        "portal_host": settings.PORTAL_HOST,
        "security_email": settings.PORTAL_SECURITY_EMAIL,
        "support_phone": settings.PORTAL_SUPPORT_PHONE,
        "support_link": telephone.link(settings.PORTAL_SUPPORT_PHONE),
        "support_spans": list(spans()),
        "support": support(),
        "failure_limit": settings.PORTAL_FAILURE_LIMIT,
        "lockout_minutes": settings.PORTAL_LOCKOUT_MINUTES,
        "idle_minutes": settings.PORTAL_IDLE_MINUTES,
        "idle_warning_seconds": settings.PORTAL_IDLE_WARNING_SECONDS,
        **appearance.facts(),
    }


def support() -> Support:
    """Return the state of the support line, computed once a minute."""
    minute = clock.now().replace(second=0, microsecond=0)
    week = tuple(settings.PORTAL_SUPPORT_HOURS.items())
    return _support(week, settings.PORTAL_SUPPORT_TZ, time_format.reader_zone(), minute)


@lru_cache(maxsize=64)
def _support(week: tuple[tuple[str, str], ...], zone: str, reader: str, minute: datetime) -> Support:
    there = ZoneInfo(zone)
    state = hours.status(dict(week), there, minute)
    is_today = state.changes_at is not None and state.changes_at.date() == minute.astimezone(there).date()
    return Support(state.is_open, state.changes_at, is_today, zone, reader)
