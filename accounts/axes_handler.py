"""django-axes as the interface to the limits: its back end and signals call this handler.

axes' own count is read before the hash and written after it, so parallel guesses get past it; ours is
reserved first. See docs/decisions/0008-axes-is-the-face.md.
"""

import logging
from typing import Any

from axes.handlers.base import AxesHandler
from django.http import HttpRequest

from accounts.actions.sign_in import known_browsers, unlock
from accounts.models import User
from accounts.models.users import hash_of_username
from accounts.request_types import PasswordRequest
from portal.lib import client, clock
from portal.throttle import limits
from portal.throttle.models import Throttle
from portal.throttle.reserve import LimitReached, Reservation, reserve

log = logging.getLogger("portal.security")


class LimitHandler(AxesHandler):
    """The axes handler that uses our limits."""

    def is_allowed(self, request: PasswordRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Reserve an attempt for this username and this network; called once per password check.

        A browser known for the username needs no attempt of its network, which strangers may share.
        Effects: ``request.password_attempt`` holds the reserved attempt, or the limit that was reached.
        """
        name = (credentials or {}).get("username") or ""
        browser_scope = getattr(request, "browser_scope", known_browsers.UNKNOWN_BROWSER)
        buckets = [limits.PASSWORD.of(hash_of_username(name), scope=browser_scope)]
        if browser_scope == known_browsers.UNKNOWN_BROWSER:
            buckets += limits.NETWORK.of_network(client.address(request))
        try:
            request.password_attempt = reserve(*buckets, now=clock.now())
        except LimitReached as reached:
            request.password_attempt = reached
        return isinstance(request.password_attempt, Reservation)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Log the attempt; the reservation has already counted it."""
        subject = hash_of_username(credentials.get("username") or "")
        log.info("wrong username or password", extra={"facts": {"subject": subject}})

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Log the sign-in; the action has already cleared the attempts."""
        log.info("signed in", extra={"facts": {"subject": user.username_hash}})

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the attempts used by unknown browsers for this username."""
        name = (credentials or {}).get("username") or ""
        bucket = limits.PASSWORD.of(hash_of_username(name), scope=known_browsers.UNKNOWN_BROWSER)
        return Throttle.objects.filter(key=bucket.key).values_list("used", flat=True).first() or 0

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """End pauses for ``axes_reset``, ``axes_reset_username`` and ``axes_reset_ip``; return the rows changed."""
        subjects: tuple[str, ...] | None = None
        if username:
            subjects = (hash_of_username(username),)
        elif ip_address:
            subjects = limits.network_subjects(ip_address)
        return unlock.forget(subjects, reason="axes_reset", now=clock.now())
