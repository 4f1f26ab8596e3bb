"""The page for a sign-in, or an open session, that came from outside the user's networks (NET-1).

It shows the reader's own address and never the list. With a Key code it opens a travel pass and signs in.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.actions.networks import passes
from accounts.actions.sign_in import known_browsers
from accounts.actions.sign_in.completion import SignedIn
from accounts.cookies import REFUSED_NETWORK
from accounts.forms.networks import PassForm
from accounts.models import Key, User
from accounts.network_refusals import NetworkRefused
from accounts.refusals import Refusal, SignInTooSlow
from accounts.views import refusal_responses
from accounts.views.sign_in.second_factors import open_session, remember
from portal.lib import client, clock

PAGE = "accounts:blocked-network"


def lead_to(response: HttpResponse, done: SignedIn, wanted: str) -> HttpResponse:
    """Keep whose sign-in was refused, so that its owner may open a pass; return the response."""
    user = done.proof.user
    refused_at = clock.now().timestamp()
    REFUSED_NETWORK.write(response, user=user.pk, version=user.session_version, refused_at=refused_at, next=wanted)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def blocked_network(request: HttpRequest) -> HttpResponse:
    """Say that this network is not allowed, and offer a travel pass."""
    kept = REFUSED_NETWORK.read(request)
    if not kept:
        return redirect("accounts:login")
    form = _form(request, kept)
    if form and form.is_valid():
        try:
            return _open_pass(request, kept, form.cleaned_data["code"])
        except SignInTooSlow as refusal:
            return _start_again(refusal)
        except Refusal as refusal:
            form.refuse(refusal, "code")
    return _page(request, form)


def _page(request: HttpRequest, form: PassForm | None) -> HttpResponse:
    address = client.address(request)
    response = refusal_responses.page(
        request,
        "accounts/blocked_network.html",
        form=form,
        blocked=NetworkRefused(address=address),
        address=address if client.is_known(address) else "",
        pass_minutes=settings.PORTAL_TRAVEL_PASS_MINUTES,
    )
    if form is None or not form.is_bound:
        response.status_code = 403
    return response


def _form(request: HttpRequest, kept: dict[str, Any]) -> PassForm | None:
    """Return the form for a pass if its owner may open one from here."""
    user = User.objects.filter(pk=kept["user"], session_version=kept.get("version", -1)).first()
    if user is None or not passes.is_offered(user, client.address(request)):
        return None
    return PassForm(request.POST if request.method == "POST" else None)


def _open_pass(request: HttpRequest, kept: dict[str, Any], code: str) -> HttpResponse:
    """Open the pass and the session, in one transaction. Raises: as ``passes.open_pass``."""
    now = clock.now()
    done = passes.open_pass(
        refused=passes.Refused(kept["user"], kept["version"], kept["refused_at"]),
        code=code,
        browser=known_browsers.cookie_of(request),
        then=partial(_sign_in, request),
        origin=client.origin(request),
        now=now,
    )
    response = redirect(kept["next"] or "home:dashboard")
    REFUSED_NETWORK.drop(response)
    return remember(request, response, done)


def _sign_in(request: HttpRequest, key: Key, cookie: str) -> SignedIn:
    now = clock.now()
    scope = known_browsers.browser_scope_of(cookie, key.user.username, now=now)
    return open_session(request, key, browser_scope=scope, now=now, browser=cookie)


def _start_again(refusal: SignInTooSlow) -> HttpResponse:
    response = redirect(f"{reverse('accounts:login')}?{urlencode({'because': refusal.code})}")
    REFUSED_NETWORK.drop(response)
    return response
