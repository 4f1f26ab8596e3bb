"""The owner's objection: from any message, or signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.stop import StopForm
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import signed_in, who
from portal.lib import client, clock
from portal.lib.http_methods import require_POST
from recovery.actions import objections
from recovery.enums import Actor, State
from recovery.policies import state_machine
from recovery.refusals import CaseNotOpen


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Stop a recovery that somebody else began."""
    form = StopForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        objections.stop_by_code(**form.cleaned_data, origin=client.origin(request), now=clock.now())
        return redirect("recovery:stopped")
    return refusal_responses.page(request, "recovery/stop.html", form=form, is_signed_in=who(request) is not None)


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Say what a stop code does; the same page for valid, used and unknown ones."""
    return render(request, "recovery/stopped.html")


@require_safe
@signed_in
def mine(request: SignedInRequest) -> HttpResponse:
    """See the open recovery of your own account, and stop it."""
    case = objections.open_case_of(request.user)
    facts = {
        "case": case,
        "is_waiting": case is not None and case.state == State.COOLING,
        "is_ready": case is not None and case.state in {State.GRANT_READY, State.ENROLLING},
        "is_done": case is not None and case.state == State.HOLD,
        "is_stopped": case is not None and case.state == State.CONTESTED,
        "may_cancel": case is not None and state_machine.may_move(case.state, State.WITHDRAWN, Actor.OWNER),
    }
    return render(request, "recovery/mine.html", facts)


@require_POST
@signed_in
def stop_mine(request: SignedInRequest) -> HttpResponse:
    """Say that the open recovery is not yours."""
    try:
        objections.stop_signed_in(user=request.user, origin=client.origin(request), now=clock.now())
    except CaseNotOpen as refusal:
        messages.info(request, refusal.words())
        return redirect("recovery:mine")
    return redirect("recovery:stopped")


@require_POST
@signed_in
def cancel_mine(request: SignedInRequest) -> HttpResponse:
    """Close your own recovery, which is no longer needed."""
    try:
        objections.cancel_own(user=request.user, origin=client.origin(request), now=clock.now())
    except CaseNotOpen as refusal:
        messages.info(request, refusal.words())
        return redirect("recovery:mine")
    messages.success(request, _("Your request is closed. Nothing has changed."))
    return redirect("home:dashboard")
