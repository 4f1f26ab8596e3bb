"""What a claimant's browser keeps: sealed, each for one purpose, dead after a while. No signed-in session, no row."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.lib import clock, sealing

_BROWSER_AGE = 400 * 24 * 3600  # seconds; the longest browsers keep


@dataclass(frozen=True)
class Sealed:
    """A cookie of facts that only we can read; its name is its purpose, and one does not open as another."""

    name: str
    minutes: int

    @property
    def key(self) -> str:
        """Return the cookie's name."""
        return f"{settings.PORTAL_COOKIE_PREFIX}{self.name}"

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """Return the facts; empty if there are none, they do not open, or they are too old."""
        try:
            facts: dict[str, Any] = json.loads(sealing.unseal(request.COOKIES.get(self.key, ""), bound_to=self.name))
        except sealing.SealBroken:
            return {}
        age = clock.now() - datetime.fromisoformat(facts.pop("at"))
        return facts if age <= timedelta(minutes=self.minutes) else {}

    def write(self, response: HttpResponseBase, **facts: Any) -> None:
        """Keep the facts from now on."""
        sealed = sealing.seal(json.dumps(facts | {"at": clock.now().isoformat()}), bound_to=self.name)
        _set(response, self.key, sealed, age=self.minutes * 60)

    def drop(self, response: HttpResponseBase) -> None:
        """Forget them."""
        response.delete_cookie(self.key, samesite="Strict")


CASE_PAGE = Sealed("case-page", minutes=60)  # reference and PIN were right in this browser
NEW_PIN = Sealed("case-pin", minutes=5)  # on its way to the page that shows it once
SET_UP = Sealed("case-set-up", minutes=120)  # the first half of a pass, then the pass; its own clock is shorter


def browser_of(request: HttpRequest) -> str:
    """Return the random value by which a claim knows its browser, or the empty text."""
    return request.COOKIES.get(_browser_key(), "")


def new_browser() -> str:
    """Return a value for a browser that carries none: 192 random bits."""
    return secrets.token_urlsafe(24)


def keep_browser(response: HttpResponseBase, value: str) -> None:
    """Let the browser carry this value."""
    _set(response, _browser_key(), value, age=_BROWSER_AGE)


def _browser_key() -> str:
    return f"{settings.PORTAL_COOKIE_PREFIX}case-browser"


def _set(response: HttpResponseBase, key: str, value: str, *, age: int) -> None:
    response.set_cookie(
        key, value, max_age=age, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict"
    )
