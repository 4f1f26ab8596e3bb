"""Until when a user's contact details may not be changed, for reasons of apps that accounts knows nothing of."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User
from accounts.profile_refusals import ContactsHeld

Hold = Callable[[User, datetime], datetime | None]
_HOLDS: list[Hold] = []


def register(hold: Hold) -> None:
    """Ask this function too; apps do so once, in their ``ready()``."""
    if hold not in _HOLDS:
        _HOLDS.append(hold)


def refuse_held(user: User, *, now: datetime) -> None:
    """Raise ``ContactsHeld`` while a hold lasts. One statement per registered function."""
    until = max((moment for hold in _HOLDS if (moment := hold(user, now))), default=None)
    if until:
        raise ContactsHeld(until=until)
