"""Encrypted, short-lived cookies in a claimant's browser, one for each purpose. No session, no row."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.cookies import EncryptedCookie, keep
from portal.lib import digests

_BROWSER_AGE = 400 * 24 * 3600  # seconds; the longest that browsers allow

CASE_PAGE = EncryptedCookie("case-page", minutes=60)  # reference and PIN were entered correctly in this browser
RESET = EncryptedCookie(
    "reset", minutes=60
)  # a password reset, whose own time limit is shorter, and what the phone was asked
NEW_PIN = EncryptedCookie("case-pin", minutes=5)  # on the way to the page that shows it once
SET_UP = EncryptedCookie(
    "case-set-up", minutes=120
)  # the first part of a grant, then the grant, whose own time limit is shorter


def browser_of(request: HttpRequest) -> str:
    """Return the random value by which a claim knows its browser, or an empty text."""
    return request.COOKIES.get(_browser_key(), "")


def new_browser() -> str:
    """Return a random value of 192 bits for a browser that has none."""
    return digests.random_ticket()


def keep_browser(response: HttpResponseBase, value: str) -> None:
    """Store this value in the browser."""
    keep(response, _browser_key(), value, age=_BROWSER_AGE)


def _browser_key() -> str:
    return f"{settings.PORTAL_COOKIE_PREFIX}case-browser"
