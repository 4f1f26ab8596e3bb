"""The user of a request: the user of the session's row, with the second factor that opened it."""

import functools
from typing import TypeVar

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django_otp.middleware import is_verified

from accounts.models import User
from accounts.models.authenticators import Authenticator
from accounts.sessions import SessionStore

Anybody = TypeVar("Anybody", User, AnonymousUser)


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
    if row is not None and row.proof:
        return _with_proof(row.user, row.proof)
    return _with_proof(AnonymousUser(), None)


def _with_proof(user: Anybody, proof: Authenticator | None) -> Anybody:
    """Set what django-otp's readers expect."""
    user.__dict__["otp_device"] = proof
    user.__dict__["is_verified"] = functools.partial(is_verified, user)
    return user
