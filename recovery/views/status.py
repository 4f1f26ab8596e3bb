"""The page of a case: its status, and the few things a claimant can do there."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.fields import Refusable
from accounts.refusals import Refusal
from accounts.views import refusal_responses
from portal.lib import client, clock
from portal.lib.http_methods import require_POST
from recovery.actions import claims, possession
from recovery.forms.case import PinForm, ReferenceForm
from recovery.methods.contract import Method
from recovery.models import Case, Claim
from recovery.refusals import CaseNotOpen, OtherBrowser
from recovery.views import cookies, receipt
from recovery.views.case_status import STEPS, page_of
from recovery.views.claim_access import case_page, claim_of, open_page
from recovery.views.start import show_pin_once


@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """See the status of a case."""
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _enter(request, claims.find_claim(**form.cleaned_data, now=clock.now()))
        except Refusal as refusal:
            form.refuse(refusal)
    elif not form.is_bound and (claim := claim_of(request)):
        return show(request, claim)
    return refusal_responses.page(request, "recovery/status.html", form=form)


def _enter(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Open the page in this browser; a claim made on the phone is bound to it."""
    browser = cookies.browser_of(request) or cookies.new_browser()
    response = redirect("recovery:status")
    if not claim.browser_digest:
        with contextlib.suppress(CaseNotOpen, OtherBrowser):  # too late for a different browser: the page says so
            claims.bind_browser(claim=claim, browser=browser, origin=client.origin(request), now=clock.now())
    cookies.keep_browser(response, browser)
    open_page(response, claim)
    return response


@dataclass(frozen=True)
class Offer:
    """A method that is open now, as the page shows it."""

    method: Method
    case: Case
    form: Refusable

    @property
    def sent_at(self) -> datetime | None:
        """Return when the message was sent that can still be answered."""
        return self.method.sent_at(self.case, now=clock.now())


def _offer(claim: Claim, method: Method, data: QueryDict | None = None) -> Offer:
    return Offer(method, claim.case, method.form(data, auto_id=f"{method.name}-%s"))


def show(
    request: HttpRequest, claim: Claim, *, refused: Offer | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """Render the page of a case, with a refusal if any."""
    claim_page = page_of(claim, request)
    form = refused.form if refused else None
    facts = {
        "claim_page": claim_page,
        "steps": STEPS,
        "now": clock.now(),
        "offers": [refused if refused and refused.method == way else _offer(claim, way) for way in claim_page.methods],
        "pin_form": PinForm(),
        "receipt": receipt.of(claim, claim_page.status),
    }
    return refusal_responses.page(request, "recovery/case.html", form=form, refusal=refusal, **facts)


@require_POST
@case_page
def send_proof(request: HttpRequest, claim: Claim, method: Method) -> HttpResponse:
    """Send what a proof needs, such as an e-mailed code, or send it again."""
    try:
        _need_own_browser(request, claim)
        possession.send(method=method, claim=claim, by=None, origin=client.origin(request), now=clock.now())
    except Refusal as refusal:
        return show(request, claim, refusal=refusal)
    messages.success(request, str(method.words.sent_for_claimant))
    return redirect("recovery:status")


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def proof(request: HttpRequest, claim: Claim, method: Method) -> HttpResponse:
    """Complete a proof of possession, such as an e-mailed code."""
    offer = _offer(claim, method, request.POST)
    if request.method != "POST":
        return redirect("recovery:status")
    if offer.form.is_valid():
        try:
            _accept(request, offer, claim)
        except Refusal as refusal:
            offer.form.refuse(refusal, next(iter(offer.form.fields)))
        else:
            return redirect("recovery:status")
    return show(request, claim, refused=offer)


def _need_own_browser(request: HttpRequest, claim: Claim) -> None:
    if not claims.is_browser_of(claim, cookies.browser_of(request)):
        raise OtherBrowser


def _accept(request: HttpRequest, offer: Offer, claim: Claim) -> None:
    _need_own_browser(request, claim)
    origin, now = client.origin(request), clock.now()
    possession.accept(method=offer.method, claim=claim, typed=offer.form.cleaned_data, origin=origin, now=now)


@require_POST
@case_page
def browser(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Continue the case in this browser."""
    value = cookies.browser_of(request) or cookies.new_browser()
    try:
        claims.bind_browser(claim=claim, browser=value, origin=client.origin(request), now=clock.now())
    except Refusal as refusal:
        return show(request, claim, refusal=refusal)
    messages.success(request, _("You can now continue your case in this browser."))
    response = redirect("recovery:status")
    cookies.keep_browser(response, value)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def pin(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Get a new PIN that none of our staff has heard."""
    form = PinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now = clock.now()
        try:
            found = claims.find_claim(reference=claim.reference, pin=form.cleaned_data["pin"], now=now)
            browser = cookies.browser_of(request)
            fresh = claims.replace_pin(claim=found, browser=browser, origin=client.origin(request), now=now)
            return show_pin_once(found, fresh)
        except Refusal as refusal:
            form.refuse(refusal, "pin")
    return refusal_responses.page(request, "recovery/pin.html", form=form, claim=claim)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def withdraw(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Withdraw a request."""
    if request.method != "POST":
        return render(request, "recovery/withdraw.html", {"claim": claim})
    try:
        claims.withdraw(
            claim=claim, browser=cookies.browser_of(request), origin=client.origin(request), now=clock.now()
        )
    except Refusal as refusal:
        return show(request, claim, refusal=refusal)
    return redirect("recovery:status")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page of a case on this device; reference and PIN open it again."""
    response = redirect("recovery:status")
    cookies.CASE_PAGE.drop(response)
    return response
