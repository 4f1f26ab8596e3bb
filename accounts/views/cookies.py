"""Cookies that only we can read: encrypted, each for one purpose, dead after a while. No session, no row."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.lib import clock, encryption


@dataclass(frozen=True)
class EncryptedCookie:
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
            facts: dict[str, Any] = json.loads(
                encryption.decrypt(request.COOKIES.get(self.key, ""), bound_to=self.name)
            )
        except encryption.DecryptionError:
            return {}
        age = clock.now() - datetime.fromisoformat(facts.pop("at"))
        return facts if age <= timedelta(minutes=self.minutes) else {}

    def write(self, response: HttpResponseBase, **facts: Any) -> None:
        """Keep the facts from now on."""
        encrypted = encryption.encrypt(json.dumps(facts | {"at": clock.now().isoformat()}), bound_to=self.name)
        keep(response, self.key, encrypted, age=self.minutes * 60)

    def drop(self, response: HttpResponseBase) -> None:
        """Forget them."""
        response.delete_cookie(self.key, samesite="Strict")


def keep(response: HttpResponseBase, key: str, value: str, *, age: int) -> None:
    """Let the browser send this value to us alone, for ``age`` seconds; no script can read it."""
    response.set_cookie(
        key, value, max_age=age, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict"
    )
