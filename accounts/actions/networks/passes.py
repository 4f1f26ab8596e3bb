"""Travel passes: leave to sign in outside of the networks for a while, opened with password and Key (NET-1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from accounts import notice_kinds
from accounts.actions import notify
from accounts.actions.keys import key_codes
from accounts.actions.networks import entry
from accounts.actions.sign_in import known_browsers
from accounts.enums import Action
from accounts.models import Key, TravelPass, User
from accounts.network_refusals import PassRefused
from accounts.refusals import SignInTooSlow, refusing, too_often
from portal.audit.record import record
from portal.lib import client
from portal.throttle import limits
from portal.throttle.reserve import clear, reserve

Result = TypeVar("Result")


@dataclass(frozen=True)
class Refused:
    """A sign-in with both factors that was refused for its network: whose, when (seconds since 1970)."""

    user_id: int
    session_version: int
    refused_at: float


def is_offered(user: User, address: str) -> bool:
    """Tell whether this user could open a pass from this address: by setting, by choice, with a Key."""
    return bool(
        settings.PORTAL_TRAVEL_PASS_MINUTES
        and user.allows_travel_pass
        and client.is_known(address)
        and Key.objects.filter(user=user, confirmed=True).exists()
    )


@refusing(too_often)
def open_pass(
    *,
    refused: Refused,
    code: str,
    browser: str,
    then: Callable[[Key, str], Result],
    origin: client.Origin,
    now: datetime,
) -> Result:
    """Open a pass for this browser at this address with a Key code that was not used before, then sign in.

    ``then`` gets the Key and the browser's cookie and runs in the same transaction.
    Effects: an attempt reserved; the code is used up; one pass, in the place of any other; one event, one notice on
    every channel. Needs: no open transaction.
    Raises: ``PassRefused``, ``TooOften``, ``CodesUsedUp``, and as ``key_codes.use_code``: ``SignInTooSlow`` too if
    another sign-in was completed since the refusal.
    """
    user = User.objects.filter(pk=refused.user_id, session_version=refused.session_version).first()
    if user is None:
        raise SignInTooSlow
    if not is_offered(user, origin.address):
        raise PassRefused
    bucket = limits.TRAVEL_PASS.of(user.username_hash)
    attempt = reserve(bucket, now=now)
    with transaction.atomic():
        key = key_codes.use_code(
            user_id=user.pk,
            session_version=refused.session_version,
            proved_at=refused.refused_at,
            code=code,
            attempt=attempt,
            now=now,
        )
        if not key.user.allows_travel_pass or key.user.networks_limited_at is None:
            raise PassRefused
        reserve(limits.TRAVEL_PASS_OPENED.of(user.username_hash), now=now)
        cookie = _opened(key, browser, origin=origin, now=now)
        clear(bucket)
        return then(key, cookie)


@transaction.atomic
def end_pass(*, user: User, by: User, origin: client.Origin, now: datetime) -> bool:
    """End an open pass; tell whether there was one. Effects: the row, one event if there was one."""
    ended = bool(TravelPass.objects.filter(user=user, expires_at__gt=now).delete()[0])
    if ended:
        record(Action.PASS_ENDED, by=by, on=user, now=now, origin=origin)
    return ended


def _opened(key: Key, browser: str, *, origin: client.Origin, now: datetime) -> str:
    """Write the pass and what is told about it; return the browser's cookie."""
    user, until = key.user, now + timedelta(minutes=settings.PORTAL_TRAVEL_PASS_MINUTES)
    cookie = known_browsers.remember(user, browser, origin=origin, now=now).cookie
    TravelPass.objects.update_or_create(
        user=user,
        defaults={
            "browser": known_browsers.browser_scope_of(cookie, user.username, now=now),
            "address_digest": entry.address_digest(user, origin.address),
            "opened_at": now,
            "expires_at": until,
        },
    )
    record(Action.PASS_OPENED, by=user, on=user, now=now, origin=origin, key=key.pk)
    notify.notify_everywhere(
        user,
        notice_kinds.TRAVEL_PASS,
        now=now,
        device=origin.device,
        place=origin.place,
        network=origin.address,
        until=until.isoformat(),
        at=now.isoformat(),
    )
    return cookie
