"""The way into setting up again, and out of it: both parts of the grant; stopping with nothing changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.refusals import Refusal
from accounts.views import refusal_responses
from portal.lib import client, clock
from portal.lib.http_methods import require_POST
from recovery.actions import claims, grants
from recovery.forms.set_up import GrantPartForm
from recovery.models import Claim, RecoveryGrant
from recovery.refusals import CaseNotOpen
from recovery.views.claim_access import case_page
from recovery.views.cookies import SET_UP, browser_of
from recovery.views.set_up import STEPS, opened
from recovery.views.status import show


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
    return opened(grant)


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
