"""Django's ``authenticate`` for integrators and for the permissions of a session; our own pages do not call it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts import axes_handler
from accounts.actions.sign_in import known_browsers
from accounts.actions.sign_in.check_password import check_password
from accounts.models import User
from accounts.refusals import Paused, Refusal
from portal.lib import client, clock


class PasswordBackend(ModelBackend):
    """The same check as the sign-in page: same limits, same refusals, same time."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the user if the pair is right, in either realm; without a request nothing is checked.

        Raises: ``PermissionDenied`` for every refusal, ``HashingOverloaded``.
        """
        if request is None or username is None or password is None:
            return None
        try:
            pending = check_password(
                username=username,
                password=password,
                realm=None,
                browser=known_browsers.cookie_of(request),
                origin=client.origin(request),
                now=clock.now(),
            )
        except Refusal as refusal:
            if isinstance(refusal, Paused):
                axes_handler.send_locked_out(request, username)
            raise PermissionDenied from refusal
        return User.objects.get(pk=pending.user_id)
