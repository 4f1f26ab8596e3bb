"""Why a user cannot sign in, in sentences for staff. Only reads; reveals no secret."""

from collections.abc import Iterator
from datetime import datetime

from accounts.actions.welcome import letters
from accounts.enums import Realm
from accounts.models import Key, User
from portal.lib import time_format
from portal.throttle import limits
from portal.throttle.models import Throttle

# A code that was sent is still good, and so is a letter.
_NO_OBSTACLE = (limits.BROWSER_CODE_SENT.name, limits.WELCOME_LETTER.name)


def of(user: User, *, now: datetime) -> list[str]:
    """Return a sentence for each obstacle, in the order a sign-in meets them."""
    return [*_of_password(user, now=now), *_of_limits(user, now=now), *_of_log_in(user)]


def _of_password(user: User, *, now: datetime) -> Iterator[str]:
    if user.has_usable_password():
        return
    if user.is_staff:
        yield "No password is set yet."
    else:
        yield f"No password is set yet. A welcome letter leads to the first one: {letters.standing_of(user, now=now)}."


def _of_limits(user: User, *, now: datetime) -> Iterator[str]:
    used = Throttle.objects.filter(subject=user.username_hash).exclude(limit__in=_NO_OBSTACLE)
    for row in used.order_by("pk"):
        what = row.get_limit_display()
        if row.total and row.used_in_a_row >= row.total:
            yield f"{what}: {row.used_in_a_row} wrong tries in a row. Only recovery is possible now."
        elif until := row.locked_until(now):
            opens = time_format.time_words(time_format.next_minute(until), user.zone)
            yield f"{what}: paused until {opens} after {row.used} wrong tries."


def _of_log_in(user: User) -> Iterator[str]:
    if not user.is_active:
        yield "The user is closed."
    if user.suspended_at:
        yield f"Stopped to protect the account since {user.suspended_at:%Y-%m-%d %H:%M} UTC."
    if user.realm == Realm.PAPER:
        yield "This is a paper trading user, who can only sign in to paper trading."
    if user.networks_limited_at:
        yield "Sign-in is limited to certain networks, and refused from anywhere else."
    if not Key.objects.filter(user=user, confirmed=True).exists():
        yield "No Key is set up."
