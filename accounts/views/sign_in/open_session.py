"""Opening the session of a user who gave both factors, of whatever kind (SIGN-3, SIGN-9)."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.actions.sign_in import completion, known_browsers
from accounts.models.authenticators import Authenticator
from portal.lib import client

if TYPE_CHECKING:
    from accounts.sessions import SessionStore

_BROWSER_COOKIE_AGE = 400 * 24 * 3600  # seconds; the longest that browsers allow


def open_session(
    request: HttpRequest, proof: Authenticator, *, browser_scope: str, now: datetime, flow: str = ""
) -> completion.SignedIn:
    """Sign in the owner of this second factor, and bind a new session to it.

    ``proof`` with its ``user``, used up in this transaction; ``browser_scope``: as ``known_browsers.browser_scope_of``
    gives it. Finish with ``remember`` on the response. Needs: an open transaction.
    """
    user, origin = proof.user, client.origin(request)
    done = completion.sign_in(
        proof=proof,
        browser_scope=browser_scope,
        browser=known_browsers.cookie_of(request),
        origin=origin,
        now=now,
        flow=flow,
    )
    user.backend, user.otp_device = "accounts.backends.PasswordBackend", proof
    session = cast("SessionStore", request.session)
    session.origin, session.session_version = origin, user.session_version
    login(request, user)
    session.save()
    return done


def remember(request: HttpRequest, response: HttpResponse, done: completion.SignedIn) -> HttpResponse:
    """Set the known-browser cookie, and after the first use of a Key say that it works."""
    if done.is_first_use:
        messages.success(request, _("Your Key works. You have just signed in with it for the first time."))
    response.set_cookie(
        known_browsers.cookie_name(),
        done.browser,
        max_age=_BROWSER_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
