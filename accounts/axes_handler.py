"""django-axes as the interface to the limits: its commands, its signals, its proxy.

axes' own count is read before the hash and written after it, so parallel guesses get past it; ours is
reserved first. See docs/decisions/0008-axes-is-the-face.md.
"""

import logging
from typing import Any

from axes.handlers.base import AxesHandler
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from accounts.actions.sign_in import known_browsers, unlock
from accounts.models import User
from accounts.models.users import hash_of_username
from accounts.refusals import Paused, Refusal
from portal.lib import client, clock
from portal.throttle import limits
from portal.throttle.counting import Bucket, network_subjects
from portal.throttle.models import Throttle
from portal.throttle.reserve import locked_until

log = logging.getLogger("portal.security")


class LimitHandler(AxesHandler):
    """Answers what integrators ask axes from our limits. It counts nothing: ``check_password`` does."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Tell whether an unknown browser may try a password for this username now."""
        return locked_until(_bucket(credentials), now=clock.now()) is None

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
        return Throttle.objects.filter(key=_bucket(credentials).key).values_list("used", flat=True).first() or 0

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """End pauses for ``axes_reset``, ``axes_reset_username`` and ``axes_reset_ip``; return the rows changed."""
        subjects: tuple[str, ...] | None = None
        if username:
            subjects = (hash_of_username(username),)
        elif ip_address:
            subjects = network_subjects(ip_address)
        return unlock.forget(subjects, reason="axes_reset", now=clock.now())


def send_refused(request: HttpRequest, username: str, refusal: Refusal) -> None:
    """Send Django's and axes' signals for a password that the sign-in page refused; a failing receiver is logged."""
    user_login_failed.send_robust(__name__, credentials={"username": username}, request=request)
    if isinstance(refusal, Paused):
        send_locked_out(request, username)


def send_locked_out(request: HttpRequest, username: str) -> None:
    """Send axes' ``user_locked_out``, with the name as typed, which may be nobody's."""
    user_locked_out.send_robust("axes", request=request, username=username, ip_address=client.address(request))


def _bucket(credentials: dict[str, Any] | None) -> Bucket:
    name = (credentials or {}).get("username") or ""
    return limits.PASSWORD.of(hash_of_username(name), scope=known_browsers.UNKNOWN_BROWSER)
