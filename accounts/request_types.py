"""Request types with what our middleware adds."""

from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import SessionStore
from portal.throttle.reserve import LimitReached, Reservation


class PasswordRequest(HttpRequest):
    """A request that checks a password: its browser scope, and the reserved attempt or the limit reached."""

    browser_scope: str
    password_attempt: Reservation | LimitReached


class SignedInRequest(HttpRequest):
    """A request past ``views.guards.signed_in``: both factors were given."""

    user: User
    session: SessionStore
