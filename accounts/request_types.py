"""Request types with what our middleware adds."""

from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import SessionStore


class SignedInRequest(HttpRequest):
    """A request past ``views.guards.signed_in``: both factors were given."""

    user: User
    session: SessionStore
