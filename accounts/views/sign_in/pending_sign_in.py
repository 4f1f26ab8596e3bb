"""A pending sign-in: who entered the right password, when, in which browser scope. Kept in an encrypted cookie.

No row is written before both factors are right: an anonymous visitor costs no statement, and a
password alone leaves no session. Raising a user's ``session_version`` ends every pending sign-in.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from formtools.wizard.storage.base import BaseStorage

from accounts.actions.sign_in import push_approval
from accounts.actions.sign_in.completion import Pending
from accounts.models import User
from portal.lib import clock, encryption

_BOUND_TO = "pending-sign-in"


@dataclass(frozen=True)
class PushRequest:
    """The push request of this sign-in: its reference, the number to type, until when (seconds since 1970).

    All empty if nothing could be sent; no number once the request is over.
    """

    reference: str = ""
    number: str = ""
    until: float = 0

    @classmethod
    def of(cls, sent: push_approval.SentRequest | None) -> "PushRequest | None":
        """Return what the browser stores of a request that was sent."""
        if sent is None:
            return None
        return cls(sent.request.reference, sent.number, sent.request.expires_at.timestamp())


class PendingStorage(BaseStorage):
    """The wizard's storage, as two_factor's log-in view expects it, in one encrypted cookie."""

    validated_step_data: dict[str, Any] = {}

    def __init__(self, prefix: str, request: HttpRequest, file_storage: Any = None) -> None:
        """Read the cookie; one that cannot be decrypted, or is too old, counts as none."""
        super().__init__(prefix, request, file_storage)
        self.cookie = f"{settings.PORTAL_COOKIE_PREFIX}pending"
        self.init_data()
        try:
            sent = json.loads(encryption.decrypt(request.COOKIES.get(self.cookie, ""), bound_to=_BOUND_TO))
        except encryption.DecryptionError:
            self.was_sent = False
        else:
            self.was_sent = True
            self.data |= sent if _is_in_time(sent["pending"]) else {}

    @property
    def pending(self) -> Pending | None:
        """Return the user whose password was right, or None."""
        return Pending(**self.data["pending"]) if self.data.get("pending") else None

    @property
    def takes_passkeys(self) -> bool:
        """Tell whether a passkey may be used: anybody's before the password, one of this user's after it."""
        return self.pending is None or bool(self.data.get("has_passkey"))

    @property
    def push_request(self) -> PushRequest | None:
        """Return the request sent to the Key, or None for a user without a Key on a phone."""
        return PushRequest(**self.data["asked"]) if self.data.get("asked") else None

    @push_request.setter
    def push_request(self, request: PushRequest | None) -> None:
        self.data["asked"] = request and asdict(request)

    def _set_user(self, user: User) -> None:
        pending = Pending(
            user.pk, user.session_version, user.username_hash, self.request.browser_scope, clock.now().timestamp()
        )
        self.data |= {"pending": asdict(pending), "has_passkey": user.has_passkey}

    authenticated_user = property(lambda self: self.pending, _set_user)

    def update_response(self, response: Any) -> None:
        """Set the cookie while a sign-in is pending, else delete it."""
        if self.data.get("pending"):
            kept = {name: self.data.get(name) for name in ("step", "pending", "asked", "has_passkey")}
            response.set_cookie(
                self.cookie,
                encryption.encrypt(json.dumps(kept), bound_to=_BOUND_TO),
                max_age=settings.PORTAL_SIGN_IN_MINUTES * 60,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        elif self.was_sent:
            response.delete_cookie(self.cookie, samesite="Strict")


def _is_in_time(pending: dict[str, Any]) -> bool:
    return clock.now().timestamp() - float(pending["proved_at"]) <= settings.PORTAL_SIGN_IN_MINUTES * 60
