"""What our middleware adds to a request, for the type checker and the reader."""

from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import SessionStore
from portal.throttle.reserve import LimitReached, Reservation


class PasswordRequest(HttpRequest):
    """A request that checks a password: its browser scope, and what the limits said."""

    browser_scope: str
    password_attempt: Reservation | LimitReached


class SignedInRequest(HttpRequest):
    """A request behind ``views.guards.signed_in``: both factors were given."""

    user: User
    session: SessionStore
