"""Browsers a user has signed in with; each has attempts of its own (LOCK-5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from accounts.models import AdmittedBrowser, KnownBrowser, User
from accounts.models.users import hash_of_username
from portal.lib import client, digests
from portal.throttle import limits
from portal.throttle.counting import Bucket

UNKNOWN_BROWSER = "stranger"  # the scope that all unknown browsers share
ADMITTED_BROWSER = "admitted"  # begins the scopes of browsers that may try although sign-in is paused
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


def browser_scope_of(cookie: str, username: str, *, now: datetime) -> str:
    """Return the scope in which attempts count together, for this browser's cookie and this username as typed.

    One and the same statement for every username. Unknown browsers share one scope, unless their user has let them
    try (``browser_admission``): then it is ``admitted:`` and a digest.
    """
    if not cookie:
        return UNKNOWN_BROWSER
    carried, username_hash = _digests(cookie), hash_of_username(username)
    known = KnownBrowser.objects.filter(digest__in=carried, user__username_hash=username_hash)
    admitted = AdmittedBrowser.objects.filter(
        digest__in=carried, username_hash=username_hash, expires_at__gt=now
    ).annotate(scope=Concat(Value(f"{ADMITTED_BROWSER}:"), "digest"))
    scopes = list(known.values_list("digest").union(admitted.values_list("scope"), all=True))
    return next((scope for (scope,) in sorted(scopes, key=lambda found: not is_known(found[0]))), UNKNOWN_BROWSER)


def is_known(scope: str) -> bool:
    """Tell whether a scope is that of a browser its user has signed in with before."""
    return scope != UNKNOWN_BROWSER and not scope.startswith(ADMITTED_BROWSER)


def shared_scope(scope: str) -> str:
    """Return the scope in which second factors count: all admitted browsers of a user share one.

    Otherwise each code from the mailbox would bring a thief of the password five more tries at a code.
    """
    return ADMITTED_BROWSER if scope.startswith(ADMITTED_BROWSER) else scope


def buckets_of_strangers(username_hash: str) -> tuple[Bucket, ...]:
    """Return what unknown and admitted browsers have used up at one username; known ones keep their own."""
    scopes = (UNKNOWN_BROWSER, ADMITTED_BROWSER)
    codes = (limits.CODE.of(username_hash, scope=scope) for scope in scopes)
    return (limits.PASSWORD.of(username_hash, scope=UNKNOWN_BROWSER), *codes)


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
    carried, digest = with_new_value(cookie)
    KnownBrowser.objects.create(user=user, digest=digest, device=origin.device, last_used_at=now)
    return Remembered(carried, is_new=True)


def with_new_value(cookie: str) -> tuple[str, str]:
    """Return this browser's cookie with a fresh value before those it carries, and the digest of that value."""
    fresh = secrets.token_urlsafe(_VALUE_BYTES)
    return _SEPARATOR.join([fresh, *_values(cookie)][:_MOST_VALUES]), _digests(fresh)[0]


def _values(cookie: str) -> list[str]:
    values = cookie.split(_SEPARATOR)[:_MOST_VALUES]
    return [value for value in values if len(value) == _VALUE_LENGTH]


def _digests(cookie: str) -> list[str]:
    return [digests.keyed("browser", value) for value in _values(cookie)]
