"""Until when a user may not do something, for reasons of apps that accounts knows nothing of.

Apps register; every action that makes an authenticator or changes a contact asks here, and pages ask before they offer
it. tests/house/test_holds.py walks the actions. See docs/decisions/0036-a-recovery-for-everybody.md.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from accounts.enums import HoldScope
from accounts.hold_refusals import REFUSALS, Held
from accounts.models import User

# Of these users, until when this is on hold for each that it is on hold for. One statement.
Source = Callable[[Collection[int], HoldScope, datetime], Mapping[int, datetime]]
_SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Ask this function too; apps do so once, in their ``ready()``."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def held_among(user_ids: Collection[int], scope: HoldScope, *, now: datetime) -> dict[int, datetime]:
    """Return those of these users for whom this is on hold, each with its end. One statement per source."""
    found: dict[int, datetime] = {}
    for source in _SOURCES if user_ids else ():
        for user_id, until in source(user_ids, scope, now).items():
            found[user_id] = max(until, found.get(user_id, until))
    return found


def of(user: User, scope: HoldScope, *, now: datetime) -> Held | None:
    """Return what an action would refuse now, for the page that offers it; None if nothing is on hold."""
    until = held_among([user.pk], scope, now=now).get(user.pk)
    return REFUSALS[scope](until=until) if until else None


def refuse_held(user: User, scope: HoldScope, *, now: datetime) -> None:
    """Refuse while this is on hold for this user, with the reason and the end. Raises: ``Held``."""
    if held := of(user, scope, now=now):
        raise held
