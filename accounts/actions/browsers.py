"""Browsers a person has signed in with: each has a budget of tries of its own (LOCK-5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from accounts.actions import throttle
from accounts.models import KnownBrowser, User
from accounts.models.people import digest_of_name
from portal.lib import client, digests

_VALUE_BYTES = 24


@dataclass(frozen=True)
class Remembered:
    """What the browser carries from now on, and whether this user had used it before."""

    value: str
    is_new: bool


def cookie_of(request: HttpRequest) -> str:
    """Return the random value this browser carries, or the empty text."""
    return request.COOKIES.get(cookie_name(), "")


def cookie_name() -> str:
    """Return the cookie's name."""
    return f"{settings.PORTAL_COOKIE_PREFIX}browser"


def lane_of(browser: str, username: str) -> str:
    """Return the lane of password tries for this browser's cookie and this name as typed.

    The same statement runs for every name. An unknown browser is in the lane of strangers.
    """
    if not browser:
        return throttle.STRANGER
    digest = _digest(browser)
    is_known = KnownBrowser.objects.filter(digest=digest, user__name_digest=digest_of_name(username)).exists()
    return digest if is_known else throttle.STRANGER


def remember(user: User, browser: str, *, origin: client.Origin, now: datetime) -> Remembered:
    """Note that this browser completed a sign-in of this user; one that carries no value gets one."""
    if browser:
        known = KnownBrowser.objects.filter(digest=_digest(browser), user=user)
        if known.update(last_used_at=now, device=origin.device):
            return Remembered(browser, is_new=False)
    value = browser or secrets.token_urlsafe(_VALUE_BYTES)
    KnownBrowser.objects.create(user=user, digest=_digest(value), device=origin.device, last_used_at=now)
    return Remembered(value, is_new=True)


def _digest(browser: str) -> str:
    return digests.keyed("browser", browser)
