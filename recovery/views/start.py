"""Asking for help: one form, and the same answer for every username."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Refusal
from accounts.views import refusal_responses
from helpcenter import facts
from portal.lib import client, clock
from recovery.actions import claims
from recovery.enums import Purpose
from recovery.forms.case import RequestForm
from recovery.models import Claim
from recovery.views import cookies
from recovery.views.claim_access import case_page, open_page


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask for help to get back in."""
    form = RequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _open(request, form)
        except Refusal as refusal:
            form.refuse(refusal)
    return refusal_responses.page(
        request, "recovery/start.html", form=form, cooling_time=facts.current()["cooling_time"]
    )


def _open(request: HttpRequest, form: RequestForm) -> HttpResponse:
    browser = cookies.browser_of(request) or cookies.new_browser()
    opened = claims.open_claim(
        username=form.cleaned_data["username"],
        lost=[Purpose(thing) for thing in form.cleaned_data["lost"]],
        contact=form.cleaned_data["contact"],
        browser=browser,
        by=None,
        origin=client.origin(request),
        now=clock.now(),
    )
    response = show_pin_once(opened.claim, opened.pin)
    cookies.keep_browser(response, browser)
    return response


def show_pin_once(claim: Claim, pin: str) -> HttpResponse:
    """Redirect to the page that shows a new PIN, which cannot be loaded twice."""
    response = redirect("recovery:opened")
    cookies.NEW_PIN.write(response, claim=claim.pk, pin=pin)
    open_page(response, claim)
    return response


@require_safe
@case_page
def opened(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Show the reference, the PIN and the agent's two words, once."""
    kept = cookies.NEW_PIN.read(request)
    if kept.get("claim") != claim.pk:
        return redirect("recovery:status")
    response = render(request, "recovery/opened.html", {"claim": claim, "pin": kept["pin"]})
    cookies.NEW_PIN.drop(response)
    return response
