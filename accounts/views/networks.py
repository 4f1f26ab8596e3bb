"""The networks that sign-in is limited to: see them, tighten them, ask support to widen them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import holds
from accounts.actions.networks import entry, passes, preview, requests, rules
from accounts.enums import HoldScope
from accounts.forms.networks import AskForm, NetworksForm
from accounts.network_refusals import NetworksWider
from accounts.policies import networks
from accounts.policies.networks import Change
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, signed_in
from portal.lib import client, clock
from portal.lib.http_methods import require_POST

_SHOW = "accounts:networks"


@require_safe
@signed_in
def show(request: SignedInRequest) -> HttpResponse:
    """See from which networks you can sign in, and change that."""
    user = request.user
    facts = {
        "listed": rules.of(user),
        "address": _address(request),
        "travel_pass": entry.pass_of(user, now=clock.now()),
        "has_passes": bool(settings.PORTAL_TRAVEL_PASS_MINUTES),
        "pass_minutes": settings.PORTAL_TRAVEL_PASS_MINUTES,
        "asked": requests.open_of(user),
    }
    return render(request, "accounts/networks.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def change(request: SignedInRequest) -> HttpResponse:
    """Limit sign-in to networks, or to fewer of them, after a preview."""
    listed = rules.of(request.user)
    initial = {"networks": networks.text_of(listed), "seen": rules.version_of(listed)}
    form = NetworksForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            return _save(request, form) if "save" in request.POST else _preview(request, form)
        except Refusal as refusal:
            form.refuse(refusal, "networks")
    return refusal_responses.page(
        request,
        "accounts/networks_change.html",
        form=form,
        is_first=not listed,
        address=_address(request),
        near=_near(request),
        wider=request.POST.get("networks", "") if isinstance(form.refusal, NetworksWider) else "",
    )


def _preview(request: SignedInRequest, form: NetworksForm) -> HttpResponse:
    """Show what the list would have refused. Raises: as ``rules.check``."""
    user, wanted = request.user, form.cleaned_data["networks"]
    rules.check(user, wanted, origin=client.origin(request))
    facts = {"wanted": wanted, "preview": preview.of(user, wanted, now=clock.now()), "address": _address(request)}
    hidden = {"networks": networks.text_of(wanted), "seen": form.cleaned_data["seen"]}
    return render(request, "accounts/networks_preview.html", facts | {"hidden": hidden})


def _save(request: SignedInRequest, form: NetworksForm) -> HttpResponse:
    user, origin = request.user, client.origin(request)
    wanted, seen = form.cleaned_data["networks"], form.cleaned_data["seen"]
    done = rules.tighten(user=user, wanted=wanted, seen=seen, by=user, origin=origin, now=clock.now())
    if done == Change.SAME:
        messages.info(request, _("That is the list you have now. Nothing was changed."))
    else:
        messages.success(request, _("Saved. Sign-in works from these networks only, from now on."))
    return redirect(_SHOW)


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask support to allow more networks, or to end the limit."""
    user = request.user
    initial = {"networks": networks.text_of(rules.of(user)), "allows_pass": user.allows_travel_pass}
    form = AskForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        origin, given = client.origin(request), form.cleaned_data
        wanted = given["networks"]
        try:
            requests.ask(
                user=user, wanted=wanted, allows_pass=given["allows_pass"], by=user, origin=origin, now=clock.now()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("We have your request. Nothing changes until we have spoken to you."))
            return redirect(_SHOW)
    held = holds.of(user, HoldScope.IP_RULE, now=clock.now())
    return refusal_responses.page(request, "accounts/networks_ask.html", form=form, held=held)


@require_POST
@freshly_proved
def withdraw(request: SignedInRequest) -> HttpResponse:
    """Withdraw the request to support."""
    try:
        requests.withdraw(user=request.user, by=request.user, origin=client.origin(request), now=clock.now())
    except Refusal as refusal:
        messages.info(request, refusal.words())
    else:
        messages.success(request, _("Your request is withdrawn. Nothing was changed."))
    return redirect(_SHOW)


@require_POST
@freshly_proved
def passes_off(request: SignedInRequest) -> HttpResponse:
    """Turn travel passes off."""
    rules.turn_passes_off(user=request.user, by=request.user, origin=client.origin(request), now=clock.now())
    messages.success(request, _("Travel passes are off. Outside your networks, nobody can sign in."))
    return redirect(_SHOW)


@require_POST
@signed_in
def end_pass(request: SignedInRequest) -> HttpResponse:
    """End the open travel pass."""
    if passes.end_pass(user=request.user, by=request.user, origin=client.origin(request), now=clock.now()):
        messages.success(request, _("The travel pass has ended."))
    return redirect(_SHOW)


def _address(request: SignedInRequest) -> str:
    """Return the address of this request, or an empty text if it is unknown."""
    found = client.address(request)
    return found if client.is_known(found) else ""


def _near(request: SignedInRequest) -> str:
    """Return the network an IPv6 address changes inside of, or an empty text."""
    found = _address(request)
    return client.network(found) if ":" in found else ""
