"""Browsers a user has signed in with; each has attempts of its own (LOCK-5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from accounts.models import KnownBrowser, User
from accounts.models.users import hash_of_username
from portal.lib import client, digests

UNKNOWN_BROWSER = "stranger"  # the scope that all unknown browsers share
_VALUE_BYTES = 24
_VALUE_LENGTH = 32  # characters of base64
_SEPARATOR = "."
_MOST_VALUES = 5  # users who share a browser; the earliest makes room for a sixth


@dataclass(frozen=True)
class Remembered:
    """The browser's new cookie, and whether this user had used the browser before."""

    cookie: str
    is_new: bool


def cookie_of(request: HttpRequest) -> str:
    """Return this browser's cookie, random values separated by dots, or an empty text."""
    return request.COOKIES.get(cookie_name(), "")


def cookie_name() -> str:
    """Return the cookie's name."""
    return f"{settings.PORTAL_COOKIE_PREFIX}browser"


def browser_scope_of(cookie: str, username: str) -> str:
    """Return the scope in which attempts count together, for this browser's cookie and this username as typed.

    The same statement runs for every username. Unknown browsers share one scope.
    """
    if not cookie:
        return UNKNOWN_BROWSER
    known = KnownBrowser.objects.filter(digest__in=_digests(cookie), user__username_hash=hash_of_username(username))
    return known.values_list("digest", flat=True).first() or UNKNOWN_BROWSER


def digest_for(user: User, cookie: str) -> str:
    """Return the digest by which a browser is known for this user, or an empty text."""
    known = KnownBrowser.objects.filter(digest__in=_digests(cookie), user=user)
    return known.values_list("digest", flat=True).first() or ""


def known_as(cookie: str) -> str:
    """Return this browser's digest if anybody has completed a sign-in with it, else an empty text."""
    known = (
        KnownBrowser.objects.filter(digest__in=_digests(cookie)).order_by("pk")
        if cookie
        else KnownBrowser.objects.none()
    )
    return known.values_list("digest", flat=True).first() or ""


def remember(user: User, cookie: str, *, origin: client.Origin, now: datetime) -> Remembered:
    """Record that this user completed a sign-in in this browser.

    A browser new to the user gets a fresh value before those it carries: a value that somebody else planted
    there, and knows, never becomes theirs.
    """
    known = KnownBrowser.objects.filter(digest__in=_digests(cookie), user=user)
    if cookie and known.update(last_used_at=now, device=origin.device):
        return Remembered(cookie, is_new=False)
    fresh = secrets.token_urlsafe(_VALUE_BYTES)
    KnownBrowser.objects.create(user=user, digest=_digests(fresh)[0], device=origin.device, last_used_at=now)
    return Remembered(_SEPARATOR.join([fresh, *_values(cookie)][:_MOST_VALUES]), is_new=True)


def _values(cookie: str) -> list[str]:
    values = cookie.split(_SEPARATOR)[:_MOST_VALUES]
    return [value for value in values if len(value) == _VALUE_LENGTH]


def _digests(cookie: str) -> list[str]:
    return [digests.keyed("browser", value) for value in _values(cookie)]
