"""What our middleware adds to a request, for the type checker and the reader."""

from django.http import HttpRequest

from accounts.actions.throttle import Attempt
from accounts.models import User
from accounts.refusals import Refusal
from accounts.sessions import SessionStore


class PasswordRequest(HttpRequest):
    """A request that checks a password: its lane of tries, and what the budgets said."""

    browser_scope: str
    password_attempt: Attempt | Refusal


class SignedInRequest(HttpRequest):
    """A request behind ``views.guards.signed_in``: both factors were given."""

    user: User
    session: SessionStore
