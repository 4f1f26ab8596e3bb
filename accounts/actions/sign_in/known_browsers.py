"""Browsers a person has signed in with: each has tries of its own (LOCK-5)."""

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
_MOST_VALUES = 5  # people who share a browser; who came first makes room for a sixth


@dataclass(frozen=True)
class Remembered:
    """The cookie the browser carries from now on, and whether this user had used it before."""

    cookie: str
    is_new: bool


def cookie_of(request: HttpRequest) -> str:
    """Return the cookie this browser carries, random values separated by dots, or the empty text."""
    return request.COOKIES.get(cookie_name(), "")


def cookie_name() -> str:
    """Return the cookie's name."""
    return f"{settings.PORTAL_COOKIE_PREFIX}browser"


def browser_scope_of(cookie: str, username: str) -> str:
    """Return whose attempts count together for this browser's cookie and this username as typed.

    The same statement runs for every name. Unknown browsers share one scope.
    """
    if not cookie:
        return UNKNOWN_BROWSER
    known = KnownBrowser.objects.filter(digest__in=_digests(cookie), user__username_hash=hash_of_username(username))
    return known.values_list("digest", flat=True).first() or UNKNOWN_BROWSER


def known_as(cookie: str) -> str:
    """Return the digest of this browser if anybody has completed a sign-in with it, else the empty text."""
    known = (
        KnownBrowser.objects.filter(digest__in=_digests(cookie)).order_by("pk")
        if cookie
        else KnownBrowser.objects.none()
    )
    return known.values_list("digest", flat=True).first() or ""


def remember(user: User, cookie: str, *, origin: client.Origin, now: datetime) -> Remembered:
    """Note that this browser completed a sign-in of this user.

    A browser that is new to them gets a fresh value before those it carries: a value that somebody else put
    there, and knows, never becomes one of theirs.
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
