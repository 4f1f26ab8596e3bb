"""The second factors after the password: each is used up and opens the session, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.actions.authenticators import backup_codes
from accounts.actions.keys import key_codes
from accounts.actions.networks import entry
from accounts.actions.sign_in import clock_drift, completion, known_browsers, push_approval, refused, wrong_codes
from accounts.actions.sign_in.check_password import Pending
from accounts.models.authenticators import Authenticator
from accounts.models.push_challenges import flow_of
from accounts.refusals import CodeWrong, paused, refusing
from portal.lib import client, hash_semaphore
from portal.throttle.reserve import Reservation, give_back

if TYPE_CHECKING:
    from accounts.sessions import SessionStore

_BROWSER_COOKIE_AGE = 400 * 24 * 3600  # seconds; the longest that browsers allow


@dataclass(frozen=True)
class UnderWay:
    """A pending sign-in, and the reference of the request that was sent to the phone, or empty."""

    request: HttpRequest
    pending: Pending
    push_request: str
    now: datetime


SignedIn = completion.SignedIn
Way = Callable[[UnderWay], SignedIn]


def by_typed(under_way: UnderWay, *, otp_token: str, backup_code: str) -> SignedIn:
    """Sign in with a backup code if one was typed, else with a Key code. Raises: as the two below."""
    origin = client.origin(under_way.request)
    with refused.kept(under_way.pending.user_id, origin=origin, now=under_way.now):
        return _by_typed(under_way, otp_token, backup_code)


def _by_typed(under_way: UnderWay, otp_token: str, backup_code: str) -> SignedIn:
    if not backup_code:
        return by_code(under_way, otp_token)
    with hash_semaphore.place(is_known=under_way.pending.browser_scope != known_browsers.UNKNOWN_BROWSER):
        return by_backup_code(under_way, backup_code)


def by_approval(under_way: UnderWay) -> SignedIn:
    """Sign in with the phone's approval. Raises: ``Paused``, and as ``push_approval.use``."""
    pending, now = under_way.pending, under_way.now
    completion.check_browser_scope(pending, now=now)
    with transaction.atomic():
        proof = push_approval.use(pending=pending, reference=under_way.push_request, now=now)
        return open_session(
            under_way.request, proof, browser_scope=pending.browser_scope, now=now, flow=flow_of(under_way.push_request)
        )


@refusing(paused)
def by_code(under_way: UnderWay, code: str) -> SignedIn:
    """Sign in with a Key code.

    Raises: ``Paused``, ``CodesUsedUp``, as ``key_codes.use_code``; ``ClockWrong``, ``RequestDenied``.
    """
    pending, now, origin = under_way.pending, under_way.now, client.origin(under_way.request)
    attempt = completion.reserve_code(pending, origin=origin, now=now)

    def use() -> Authenticator:
        return key_codes.use_code(
            user_id=pending.user_id,
            session_version=pending.session_version,
            proved_at=pending.proved_at,
            code=code,
            attempt=attempt,
            now=now,
        )

    try:
        return _without_the_phone(under_way, attempt, use)
    except CodeWrong as wrong:
        raise clock_drift.explained(wrong, pending=pending, code=code, tries_left=attempt.tries_left, now=now) from None


@refusing(paused)
def by_backup_code(under_way: UnderWay, typed: str) -> SignedIn:
    """Sign in with a backup code, which is hashed before any row is locked.

    Raises: ``Paused``, ``CodesUsedUp``, as ``backup_codes.use_once``; ``RequestDenied``, ``HashingOverloaded``.
    """
    pending, now, origin = under_way.pending, under_way.now, client.origin(under_way.request)
    attempt = completion.reserve_code(pending, origin=origin, now=now)
    try:
        looked_up = backup_codes.look_up(user_id=pending.user_id, typed=typed)
    except hash_semaphore.HashingOverloaded:
        give_back(attempt)
        raise

    def use() -> Authenticator:
        return backup_codes.use_once(
            typed=looked_up,
            session_version=pending.session_version,
            proved_at=pending.proved_at,
            attempt=attempt,
            origin=origin,
            now=now,
        )

    return _without_the_phone(under_way, attempt, use)


def _without_the_phone(under_way: UnderWay, attempt: Reservation, use: Callable[[], Authenticator]) -> SignedIn:
    """Use up a second factor and open the session, unless the phone answered "not me"; withdraw a waiting request.

    If it is wrong, its owner may be warned: the password was right.
    """
    origin, now = client.origin(under_way.request), under_way.now
    with wrong_codes.warning(under_way.pending, attempt, origin=origin, now=now), transaction.atomic():
        if under_way.push_request:
            push_approval.check_not_denied(under_way.push_request)
        proof = use()
        flow = (
            flow_of(under_way.push_request)
            if under_way.push_request and push_approval.withdraw(under_way.push_request)
            else ""
        )
        return open_session(under_way.request, proof, browser_scope=under_way.pending.browser_scope, now=now, flow=flow)


def open_session(
    request: HttpRequest, proof: Authenticator, *, browser_scope: str, now: datetime, flow: str = "", browser: str = ""
) -> SignedIn:
    """Sign in the owner of this second factor, and bind a new session to it; or refuse, outside of their networks.

    ``proof`` with its ``user``, used up in this transaction; ``browser_scope``: as ``known_browsers.browser_scope_of``
    gives it.
    ``browser``: the browser's cookie, if the request does not carry it yet. A refusal is kept: the second factor stays
    used up. Finish with ``remember`` on the response. Needs: an open transaction.
    """
    user, origin = proof.user, client.origin(request)
    cookie = browser or known_browsers.cookie_of(request)
    if not entry.admit(proof, browser=cookie, origin=origin, now=now):
        completion.clear_attempts(user, browser_scope=browser_scope)
        return SignedIn(proof, cookie, is_outside=True)
    done = completion.sign_in(
        proof=proof, browser_scope=browser_scope, browser=cookie, origin=origin, now=now, flow=flow
    )
    user.backend, user.otp_device = "accounts.backends.PasswordBackend", proof
    session = cast("SessionStore", request.session)
    session.origin, session.session_version = origin, user.session_version
    login(request, user)
    session["sign_in"] = done.place
    session.save()
    return done


def remember(request: HttpRequest, response: HttpResponse, done: SignedIn) -> HttpResponse:
    """Set the known-browser cookie, and after the first use of a Key say that it works."""
    if done.is_first_use:
        messages.success(request, _("Your Key works. You have just signed in with it for the first time."))
    return keep_browser(response, done.browser)


def keep_browser(response: HttpResponse, cookie: str) -> HttpResponse:
    """Set the cookie by which this browser is known."""
    response.set_cookie(
        known_browsers.cookie_name(),
        cookie,
        max_age=_BROWSER_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
