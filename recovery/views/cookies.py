"""Encrypted, short-lived cookies of a claimant's browser, one for each purpose. No session, no row."""

import secrets

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.views.cookies import EncryptedCookie, keep

_BROWSER_AGE = 400 * 24 * 3600  # seconds; the longest browsers keep

CASE_PAGE = EncryptedCookie("case-page", minutes=60)  # reference and PIN were right in this browser
NEW_PIN = EncryptedCookie("case-pin", minutes=5)  # on its way to the page that shows it once
SET_UP = EncryptedCookie(
    "case-set-up", minutes=120
)  # the first part of a grant, then the grant; its own clock is shorter


def browser_of(request: HttpRequest) -> str:
    """Return the random value by which a claim knows its browser, or the empty text."""
    return request.COOKIES.get(_browser_key(), "")


def new_browser() -> str:
    """Return a value for a browser that carries none: 192 random bits."""
    return secrets.token_urlsafe(24)


def keep_browser(response: HttpResponseBase, value: str) -> None:
    """Let the browser carry this value."""
    keep(response, _browser_key(), value, age=_BROWSER_AGE)


def _browser_key() -> str:
    return f"{settings.PORTAL_COOKIE_PREFIX}case-browser"
