"""How a password is checked: axes' back end first (it reserves the attempt), then ours (it hashes)."""

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.actions import password as passwords
from accounts.models import User
from accounts.models.authenticators import user_for_sign_in
from portal.lib import clock, hash_semaphore
from portal.throttle.reserve import Reservation, give_back


class LimitBackend(AxesStandaloneBackend):
    """axes' back end under our name: calls ``LimitHandler`` before anything is hashed."""


class PasswordBackend(ModelBackend):
    """Check a password in the same time for known and unknown usernames (one argon2 hash each)."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the user if the pair is right, whatever their realm and state; None if it is wrong.

        Effects: gives the attempt back if the pair is right, or if no slot was free to check it; the first
        right password of an imported user is added to the password history.
        Raises: ``HashingOverloaded``.
        """
        attempt = getattr(request, "password_attempt", None)
        if not isinstance(attempt, Reservation) or username is None or password is None:
            return None  # nothing is hashed without a reserved attempt
        try:
            user = self._check(username, password)
        except hash_semaphore.HashingOverloaded:
            give_back(attempt)
            raise
        if user is not None:
            give_back(attempt)
            if user.password_changed_at is None:
                passwords.remember_password(user, password, now=clock.now())
        return user

    @staticmethod
    def _check(username: str, password: str) -> User | None:
        user = user_for_sign_in(username)
        if user is None:
            User().set_password(password)  # one hash, as for a username that exists
            return None
        return user if user.check_password(password) and user.is_active else None
