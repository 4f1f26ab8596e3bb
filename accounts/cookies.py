"""Encrypted cookies, each for one purpose and with an age limit. No session, no row."""

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
    """An encrypted cookie of facts; its name is its purpose, and it cannot be decrypted under another name."""

    name: str
    minutes: int

    @property
    def key(self) -> str:
        """Return the cookie's name."""
        return f"{settings.PORTAL_COOKIE_PREFIX}{self.name}"

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """Return the facts; empty if there are none, they cannot be decrypted, or they are too old."""
        try:
            facts: dict[str, Any] = json.loads(
                encryption.decrypt(request.COOKIES.get(self.key, ""), bound_to=self.name)
            )
        except encryption.DecryptionError:
            return {}
        age = clock.now() - datetime.fromisoformat(facts.pop("at"))
        return facts if age <= timedelta(minutes=self.minutes) else {}

    def write(self, response: HttpResponseBase, **facts: Any) -> None:
        """Store the facts in the browser."""
        encrypted = encryption.encrypt(json.dumps(facts | {"at": clock.now().isoformat()}), bound_to=self.name)
        keep(response, self.key, encrypted, age=self.minutes * 60)

    def drop(self, response: HttpResponseBase) -> None:
        """Delete the cookie."""
        response.delete_cookie(self.key, samesite="Strict")


# A sign-in refused for its network: whose and when; empty after an open session was ended for it.
REFUSED_NETWORK = EncryptedCookie("refused-network", minutes=10)


def keep(response: HttpResponseBase, key: str, value: str, *, age: int) -> None:
    """Set a cookie for ``age`` seconds that no script can read and no other site can cause to be sent."""
    response.set_cookie(
        key, value, max_age=age, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict"
    )
