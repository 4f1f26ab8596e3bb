"""Sign-ins under way, one encrypted cookie each, so that several run beside each other in one browser.

No row is written before both factors are right: an anonymous visitor costs no statement, and a
password alone leaves no session. Raising a user's ``session_version`` ends every sign-in under way.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.actions.sign_in import push_approval
from accounts.actions.sign_in.check_password import Pending
from accounts.cookies import keep
from accounts.views.told import Told
from portal.lib import clock, encryption

PARAMETER = "sign_in"  # the id, in the addresses of its page and forms
_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_MOST = 4  # in one browser; the earliest makes room for a fifth
_LONGEST_NEXT = 500  # characters; a cookie of more than 4,096 bytes is not kept by browsers


@dataclass(frozen=True)
class PushRequest:
    """The push request of a sign-in: its reference, the number to type, until when (seconds since 1970).

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


@dataclass(frozen=True)
class PendingSignIn:
    """A right password that waits for its second factor: whose, which page was wanted, what the phone was asked."""

    id: str
    pending: Pending
    next: str = ""
    push: PushRequest | None = None
    told: Told | None = None

    @property
    def reference(self) -> str:
        """Return the reference of the push request, or an empty text."""
        return self.push.reference if self.push else ""

    @property
    def query(self) -> str:
        """Return what names it in an address."""
        return f"?{PARAMETER}={self.id}"

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return reverse("accounts:second-factor") + self.query

    @property
    def set_up_url(self) -> str:
        """Return the address where its user sets up the first Key."""
        return reverse("accounts:key-setup") + self.query

    def having(self, **facts: Any) -> "PendingSignIn":
        """Return the same sign-in with another push request, or something else told."""
        return replace(self, **facts)

    def store(self, response: HttpResponse) -> HttpResponse:
        """Keep it in the browser until the second factor is due."""
        left = self.pending.proved_at + settings.PORTAL_SIGN_IN_MINUTES * 60 - clock.now().timestamp()
        text = json.dumps(asdict(self))
        keep(response, _cookie(self.id), encryption.encrypt(text, bound_to=_cookie(self.id)), age=max(1, int(left)))
        return response

    def drop(self, response: HttpResponse) -> HttpResponse:
        """Delete it from the browser."""
        response.delete_cookie(_cookie(self.id), samesite="Strict")
        return response


def begin(pending: Pending, *, wanted: str) -> PendingSignIn:
    """Return a new sign-in under way; its id is random and no secret."""
    return PendingSignIn(secrets.token_urlsafe(8), pending, wanted if len(wanted) <= _LONGEST_NEXT else "")


def find(request: HttpRequest) -> PendingSignIn | None:
    """Return the sign-in that the address names, if this browser has it and its time is not over."""
    return _read(request, request.GET.get(PARAMETER, ""))


def only(request: HttpRequest) -> PendingSignIn | None:
    """Return the sign-in under way in this browser if there is exactly one, for an address that names none."""
    found = [one for one in _all(request).values() if one]
    return found[0] if len(found) == 1 else None


def make_room(request: HttpRequest, response: HttpResponse) -> None:
    """Delete the sign-ins of this browser that are over, and the earliest beyond those that have room."""
    named = _all(request)
    ages = sorted(named, key=lambda name: -found.pending.proved_at if (found := named[name]) else 0)
    for place, name in enumerate(ages):
        if named[name] is None or place >= _MOST - 1:
            response.delete_cookie(name, samesite="Strict")


def of_user(request: HttpRequest, user_id: int) -> list[PendingSignIn]:
    """Return this browser's sign-ins under way of one user."""
    return [one for one in _all(request).values() if one and one.pending.user_id == user_id]


def _all(request: HttpRequest) -> dict[str, PendingSignIn | None]:
    """Return the sign-ins of this browser by the name of their cookie; None for one that is over."""
    begins = _cookie("")
    return {name: _read(request, name.removeprefix(begins)) for name in request.COOKIES if name.startswith(begins)}


def _cookie(sign_in: str) -> str:
    return f"{settings.PORTAL_COOKIE_PREFIX}pending-{sign_in}"


def _read(request: HttpRequest, sign_in: str) -> PendingSignIn | None:
    if not _ID.fullmatch(sign_in):
        return None
    name = _cookie(sign_in)
    try:
        facts: dict[str, Any] = json.loads(encryption.decrypt(request.COOKIES.get(name, ""), bound_to=name))
        pending = Pending(**facts["pending"])
        push = PushRequest(**facts["push"]) if facts["push"] else None
        told = Told(**facts["told"]) if facts["told"] else None
        found = PendingSignIn(facts["id"], pending, facts["next"], push, told)
    except (encryption.DecryptionError, KeyError, TypeError):  # the last two: written by another release
        return None
    is_over = clock.now().timestamp() - pending.proved_at > settings.PORTAL_SIGN_IN_MINUTES * 60
    return None if is_over else found
