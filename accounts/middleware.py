"""Who a request is from, and whether a crowd of strangers may go on."""

import functools
from collections.abc import Callable
from typing import TypeVar, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django_otp.middleware import is_verified

from accounts.actions.networks import entry
from accounts.actions.sign_in import known_browsers
from accounts.models import PlatformSession, User
from accounts.models.authenticators import Authenticator
from accounts.sessions import SessionStore
from portal import errors
from portal.lib import client, clock, hash_semaphore

Anybody = TypeVar("Anybody", User, AnonymousUser)


class CrowdMiddleware:
    """Refuse a password from an unknown browser at once, with the least work, while no place to hash it is free.

    People who are signed in wait behind such requests in the web server's own queue, so each must cost next to nothing.
    A browser that carries a cookie of ours goes on; ``check_password`` finds out whether it is known.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 503 with Retry-After, or pass the request on."""
        if request.method == "POST" and request.path_info == reverse("accounts:login"):
            is_unknown = f"{settings.PORTAL_COOKIE_PREFIX}browser" not in request.COOKIES
            if is_unknown and hash_semaphore.is_full():
                return errors.crowded()
        return self.get_response(request)


class SessionUserMiddleware(AuthenticationMiddleware):
    """Set ``request.user`` and its ``otp_device`` from one statement, only when first used.

    Replaces Django's middleware and django-otp's, which read session, user and device one by one.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Attach the lazy user."""
        request.user = SimpleLazyObject(functools.partial(_user_of, request))  # type: ignore[assignment]  # lazy user


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    request.session.get(SESSION_KEY)  # this reads the row
    row = request.session.row if isinstance(request.session, SessionStore) else None
    if row is not None and row.proof and _is_admitted(request, row):
        return _with_proof(row.user, row.proof)
    return _with_proof(AnonymousUser(), None)


def _is_admitted(request: HttpRequest, row: PlatformSession) -> bool:
    """Tell whether this session may be used from here; else end it. No statement for a user without networks."""
    user, origin, now = row.user, client.origin(request), clock.now()
    browser = known_browsers.cookie_of(request)
    if entry.is_admitted(user, browser=browser, address=origin.address, now=now):
        return True
    entry.end_session(user=user, session=cast("SessionStore", request.session), origin=origin, now=now)
    return False


def _with_proof(user: Anybody, proof: Authenticator | None) -> Anybody:
    """Set what django-otp's readers expect."""
    user.__dict__["otp_device"] = proof
    user.__dict__["is_verified"] = functools.partial(is_verified, user)
    return user
