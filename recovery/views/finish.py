"""Setting up again: both parts of the grant, then a new password and a new Key, all at once or not at all."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.actions.keys import key_codes
from accounts.refusals import Refusal
from accounts.views import refusal_responses
from portal.lib import client, clock, code_alphabet, qr_codes
from portal.lib.http_methods import require_POST
from recovery.actions import claims, completion, grants
from recovery.forms.set_up import GrantPartForm, SetUpForm
from recovery.models import Claim, RecoveryGrant
from recovery.refusals import CaseNotOpen, GrantInvalid
from recovery.views.claim_access import case_page, open_page
from recovery.views.cookies import SET_UP, browser_of
from recovery.views.status import show

STEPS = (_("Set-up code"), _("Password and Key"), _("Sign in"))
_FIELD_OF = {"R3": "new_password", "R4": "new_password", "R5": "new_password", "K1": "code", "T1": "code"}


@require_POST
@case_page
def begin(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Start the set-up: the first part of the set-up code stays in this browser, the second goes by e-mail."""
    try:
        started = grants.start_grant(
            claim=claim, browser=browser_of(request), origin=client.origin(request), now=clock.now()
        )
    except Refusal as refusal:
        return show(request, claim, refusal=refusal)
    response = redirect("recovery:finish")
    SET_UP.write(response, claim=claim.pk, part=started.first_part)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def finish(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Enter the second part of the set-up code."""
    facts = SET_UP.read(request)
    if facts.get("claim") != claim.pk or "part" not in facts:
        return redirect("recovery:set-up" if "grant" in facts else "recovery:status")
    form = GrantPartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _opened(request, claim, facts["part"], form.cleaned_data["part"])
        except Refusal as refusal:
            form.refuse(refusal, "part")
    return refusal_responses.page(request, "recovery/finish.html", form=form, steps=STEPS)


def _opened(request: HttpRequest, claim: Claim, first: str, second: str) -> HttpResponse:
    grant = grants.open_grant(
        claim=claim,
        first_part=first,
        second_part=second,
        browser=browser_of(request),
        origin=client.origin(request),
        now=clock.now(),
    )
    response = redirect("recovery:set-up")
    SET_UP.write(response, claim=claim.pk, grant=grant.pk, secret=key_codes.new_secret())
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Choose a new password and set up a new Key."""
    facts = SET_UP.read(request)
    form = SetUpForm(request.POST if request.method == "POST" else None, initial={"key_name": gettext("My phone")})
    try:
        grant = grants.find_open(grant_id=facts.get("grant", 0), now=clock.now())
        if form.is_valid():
            return _completed(request, grant, facts["secret"], form)
    except (GrantInvalid, CaseNotOpen) as refusal:
        return _not_good(request, refusal)
    except Refusal as refusal:
        form.refuse(refusal, _FIELD_OF.get(refusal.code))
    return refusal_responses.page(request, "recovery/set_up.html", form=form, **_set_up_facts(grant, facts["secret"]))


def _completed(request: HttpRequest, grant: RecoveryGrant, secret: str, form: SetUpForm) -> HttpResponse:
    completion.complete(grant=grant, secret=secret, **form.cleaned_data, origin=client.origin(request), now=clock.now())
    response = redirect("recovery:status")
    SET_UP.drop(response)
    open_page(response, grant.claim)
    return response


def _not_good(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say that the grant is used, revoked or expired; a page opened twice ends here."""
    response = render(request, "recovery/grant_over.html", {"refusal": refusal})
    SET_UP.drop(response)
    return response


def _set_up_facts(grant: RecoveryGrant, secret: str) -> dict[str, Any]:
    return {
        "steps": STEPS,
        "username": grant.subject.username,
        "qr": qr_codes.of_key(grant.subject.username, secret),
        "secret": code_alphabet.grouped(secret),
        "until": grant.finish_until,
        "now": clock.now(),
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }


@require_POST
@case_page
def leave_set_up(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Stop setting up, with nothing changed."""
    live = RecoveryGrant.objects.filter(claim=claim, used_at=None, revoked_at=None, opened_at__isnull=False).first()
    response = redirect("recovery:status")
    SET_UP.drop(response)
    if live is not None and claims.is_browser_of(claim, browser_of(request)):
        try:
            grants.leave(grant=live, origin=client.origin(request), now=clock.now())
        except CaseNotOpen as refusal:
            return show(request, claim, refusal=refusal)
    return response
