"""Passkeys over JSON: sign in with one alone or after the password, or reauthenticate."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.actions import reauthentication
from accounts.actions.authenticators import passkeys
from accounts.actions.sign_in import known_browsers, push_approval
from accounts.actions.sign_in.completion import SignedIn
from accounts.models import Passkey, User
from accounts.refusals import PasskeyWrong, Paused, Refusal, TooOften, paused, refusing, too_often
from accounts.request_types import SignedInRequest
from accounts.views import challenges
from accounts.views.guards import safe_next, signed_in
from accounts.views.sign_in import blocked_network, pending_sign_in
from accounts.views.sign_in.second_factors import open_session, remember
from portal.lib import client, clock
from portal.lib.http_methods import require_POST

Result = TypeVar("Result")


@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """Tell the browser which passkeys may be used: the user's after a right password, else any of this site."""
    user = _user_of(pending_sign_in.find(request))
    sent = passkeys.sign_in_options(user, challenge=passkeys.new_challenge())
    return challenges.offer(sent, purpose=_sign_in_of(user))


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey, and return the next page."""
    pending = pending_sign_in.find(request)
    user, asked = _user_of(pending), pending.reference if pending else ""
    try:
        with refusing(paused):
            done = _check(request, user, purpose=_sign_in_of(user), then=lambda passkey: _open(request, passkey, asked))
    except Refusal as refusal:
        return _refused(refusal)
    wanted = pending.next if pending else safe_next(request)
    if done.is_outside:
        answer = JsonResponse({"next": reverse(blocked_network.PAGE)})
        return blocked_network.lead_to(pending.drop(answer) if pending else answer, done, wanted)
    response = JsonResponse({"next": wanted or resolve_url(settings.LOGIN_REDIRECT_URL)})
    return remember(request, pending.drop(response) if pending else response, done)


@require_POST
@signed_in
def confirm_options(request: SignedInRequest) -> HttpResponse:
    """Tell the browser which passkeys the signed-in user may use."""
    sent = passkeys.sign_in_options(request.user, challenge=passkeys.new_challenge())
    return challenges.offer(sent, purpose=_confirmation_of(request.user))


@require_POST
@signed_in
def confirm(request: SignedInRequest) -> HttpResponse:
    """Accept a passkey as both factors given again, and return the next page."""
    user = request.user
    try:
        with refusing(too_often):
            _check(request, user, purpose=_confirmation_of(user), then=lambda passkey: _note(request, passkey))
    except Refusal as refusal:
        return _refused(refusal)
    return JsonResponse({"next": safe_next(request) or reverse("home:security")})


def _user_of(sign_in: pending_sign_in.PendingSignIn | None) -> User | None:
    return User.objects.filter(pk=sign_in.pending.user_id).first() if sign_in else None


def _sign_in_of(user: User | None) -> str:
    return f"sign-in of {user.pk}" if user else "sign-in"


def _confirmation_of(user: User) -> str:
    return f"confirmation of {user.pk}"


def _check(request: HttpRequest, user: User | None, *, purpose: str, then: Callable[[Passkey], Result]) -> Result:
    return passkeys.check_assertion(
        answer=request.body,
        challenge=challenges.carried(request, purpose=purpose),
        user_id=user.pk if user else None,
        then=then,
        browser=known_browsers.cookie_of(request),
        origin=client.origin(request),
        now=clock.now(),
    )


def _open(request: HttpRequest, passkey: Passkey, asked: str) -> SignedIn:
    """Open the session, unless the phone answered "not me"; a waiting request is withdrawn."""
    if asked:
        push_approval.check_not_denied(asked)
        push_approval.withdraw(asked)
    now, cookie = clock.now(), known_browsers.cookie_of(request)
    browser_scope = known_browsers.browser_scope_of(cookie, passkey.user.username, now=now)
    return open_session(request, passkey, browser_scope=browser_scope, now=now)


def _note(request: SignedInRequest, passkey: Passkey) -> None:
    reauthentication.note(
        user=request.user, proof=passkey, session=request.session, origin=client.origin(request), now=clock.now()
    )


def _refused(refusal: Refusal) -> JsonResponse:
    """Return the refusal in words for the page: 429 with Retry-After for too many attempts, else 403."""
    cause = refusal.cause
    facts = {
        "cause": cause.code,
        "title": str(cause.title),
        "text": refusal.words(),
        "help": reverse("helpcenter:problem", args=[cause.row]),
    }
    if isinstance(refusal, PasskeyWrong) and refusal.ended:
        facts["ended"] = refusal.ended
    if not isinstance(refusal, (Paused, TooOften)):
        return JsonResponse(facts, status=403)
    left = max(1, round((refusal.until - clock.now()).total_seconds()))
    return JsonResponse(facts, status=429, headers={"Retry-After": str(left)})
