"""Who is asking: the user of the session's row, with the Key that opened it."""

import functools

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django_otp.middleware import is_verified

from accounts.models import User
from portal.lib import digests


class SessionUserMiddleware(AuthenticationMiddleware):
    """Set ``request.user`` and its ``otp_device`` from one statement, and only when somebody looks.

    Takes the place of Django's middleware and django-otp's, which read session, user and device one by one.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Attach the lazy user."""
        request.user = SimpleLazyObject(functools.partial(_user_of, request))  # type: ignore[assignment]  # lazy user


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    stored_hash = request.session.get(HASH_SESSION_KEY, "")  # reads the row
    row = request.session.row  # type: ignore[attr-defined]  # accounts.sessions.SessionStore
    user: User | AnonymousUser = AnonymousUser()
    if row is not None and row.key and row.key.confirmed and _is_current(row.user, stored_hash):
        user = row.user
        user.otp_device = row.key  # type: ignore[union-attr]  # django-otp's convention
    else:
        user.otp_device = None  # type: ignore[union-attr]  # django-otp's convention
    user.is_verified = functools.partial(is_verified, user)  # type: ignore[union-attr]  # django-otp's convention
    return user


def _is_current(user: User, stored_hash: str) -> bool:
    return digests.same(stored_hash, user.get_session_auth_hash())
