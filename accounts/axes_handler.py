"""django-axes as the face of the budgets: its back end and signals ask and tell this handler.

axes' own count is read before the hash and written after it, so parallel guesses pass it; ours is
reserved first. See docs/decisions/0008-axes-is-the-face.md.
"""

import logging
from typing import Any

from axes.handlers.base import AxesHandler
from django.http import HttpRequest

from accounts.actions import throttle
from accounts.actions.sign_in import unlock
from accounts.models import Throttle, User
from accounts.models.users import hash_of_username
from accounts.refusals import Refusal
from accounts.request_types import PasswordRequest
from portal.lib import client, clock, digests

log = logging.getLogger("portal.security")


class BudgetHandler(AxesHandler):
    """Answer axes' questions from the budgets."""

    def is_allowed(self, request: PasswordRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Reserve a try for this username and this network; called once per check of a password.

        A browser that is known for the name is asked for no try of its network, which strangers may share.
        Effects: ``request.password_attempt`` holds the reserved try, or the refusal.
        """
        name = (credentials or {}).get("username") or ""
        browser_scope = getattr(request, "browser_scope", throttle.UNKNOWN_BROWSER)
        claims = [throttle.password_claim(name, browser_scope=browser_scope)]
        if browser_scope == throttle.UNKNOWN_BROWSER:
            claims.append(throttle.source_claim(client.address(request)))
        try:
            attempt: throttle.Attempt | Refusal = throttle.reserve(*claims, now=clock.now())
        except Refusal as refusal:
            attempt = refusal
        request.password_attempt = attempt
        return isinstance(attempt, throttle.Attempt)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Log the try; the reservation has already counted it."""
        subject = hash_of_username(credentials.get("username") or "")
        log.info("wrong username or password", extra={"facts": {"subject": subject}})

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Log the sign-in; the action has already cleared the budgets."""
        log.info("signed in", extra={"facts": {"subject": user.username_hash}})

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the tries used by strangers for this username."""
        claim = throttle.password_claim((credentials or {}).get("username") or "")
        return Throttle.objects.filter(key=claim.key).values_list("used", flat=True).first() or 0

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """End pauses for ``axes_reset``, ``axes_reset_username`` and ``axes_reset_ip``; return rows changed."""
        subject = None
        if username:
            subject = hash_of_username(username)
        elif ip_address:
            subject = digests.keyed("network", client.network(ip_address))
        return unlock.forget(subject, reason="axes_reset", now=clock.now())
