"""Times and counts as the desk says them: the page says the zone once, so no time repeats it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib import time_format
from portal.throttle import limits

if TYPE_CHECKING:
    from accounts.actions.desk.facts import Tries


def moment(at: datetime, now: datetime) -> str:
    """Return a moment in the reader's zone: 14:32 today, else 3 March, 14:32, with the year if another."""
    words = time_format.short_words(at, now)
    return _("%s today") % words if time_format.is_same_day(at, now) else words


def until(at: datetime, now: datetime) -> str:
    """Return the end of a wait, never an earlier minute than it is."""
    return time_format.short_words(time_format.next_minute(at), now)


def wrong(tries: "Tries") -> str:
    """Return what was tried: 5 wrong passwords."""
    if tries.limit == limits.PASSWORD.name:
        return ngettext("%d wrong password", "%d wrong passwords", tries.used) % tries.used
    return ngettext("%d wrong code", "%d wrong codes", tries.used) % tries.used


def browser(tries: "Tries") -> str:
    """Return whose tries these are, and where the last one came from: "a new device, Chrome on Windows, near Leeds"."""
    if tries.known_as is not None:
        return ", ".join(filter(None, (_("a device they have used before"), tries.known_as, tries.where.place)))
    return ", ".join(filter(None, (_("a new device"), tries.where.device, tries.where.place)))
