"""Setting up a Key, with the phone: pair, compare the numbers, type a code, test it."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.keys.enrolment import rows, steps
from accounts.enums import EnrolmentState
from accounts.forms.enrolment import NewAppForm, NewKeyForm
from accounts.models import Enrolment
from accounts.refusals import EnrolmentOver, Refusal, Suspended
from accounts.views import refusal_responses
from accounts.views.keys.enrolment_session import SetUp, current_setup, is_over, setting_up
from portal.lib import client, clock, code_alphabet, qr_codes, site
from portal.lib.http_methods import require_POST

_HERE = "accounts:key-setup-pair"
_URLS = {
    "here": _HERE,
    "state_url": "accounts:key-setup-state",
    "renew_url": "accounts:key-setup-renew",
    "match_url": "accounts:key-setup-match",
    "stop_url": "accounts:key-setup-stop",
}


@require_http_methods(["GET", "HEAD", "POST"])
@setting_up(_HERE)
def pair(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Pair the phone, compare the numbers, and type a code of the new Key."""
    form_of = NewAppForm if found.enrolment.state == EnrolmentState.OPEN else NewKeyForm
    form = form_of(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            steps.confirm_on_web(**form.cleaned_data, origin=client.origin(request), **found.owned)
        except (EnrolmentOver, Suspended):
            raise
        except Refusal as refusal:
            form.refuse(refusal, "code")
        else:
            return redirect("accounts:key-setup-done")
    urls = {name: reverse(page) for name, page in _URLS.items()}
    facts = found.frame("pair") | facts_of(found.enrolment, found.pairing_code) | urls
    return refusal_responses.page(request, "accounts/key_setup_pair.html", form=form, **facts)


def facts_of(enrolment: Enrolment, pairing_code: str) -> dict[str, Any]:
    """Return what a page that pairs a phone shows in this state. Raises: ``EnrolmentOver`` if the state has changed."""
    if enrolment.state != EnrolmentState.OPEN:
        return {"number": enrolment.number}
    if not (items := rows.items_of(enrolment)):
        raise EnrolmentOver  # a phone joined meanwhile
    own, *others = items
    app = reverse("accounts:key-app")
    address = site.url(app)
    is_live = bool(enrolment.pairing_until and enrolment.pairing_until > clock.now())
    return {
        "address": address,
        "app_url": f"{app}#pair={pairing_code}",
        "pairing_code": code_alphabet.grouped(pairing_code, by="-") if is_live else "",
        "pairing_square": qr_codes.of_text(f"{address}#pair={pairing_code}"),
        "app_square": qr_codes.of_key(own.user.username, own.secret),
        "secret": code_alphabet.grouped(own.secret),
        "others": len(others),
    }


@require_POST
@setting_up(_HERE)
def renew(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Show a new pairing code; the older one, and a pairing whose answer the phone missed, no longer work."""
    fresh = steps.renew_pairing_code(**found.owned)
    return replace(found, pairing_code=fresh).keep(redirect(_HERE))


@require_POST
@setting_up(_HERE)
def match(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Confirm that the phone shows the same number."""
    steps.match(origin=client.origin(request), **found.owned)
    return redirect(_HERE)


@require_POST
@setting_up("accounts:key-setup-code", "accounts:key-setup-details", _HERE)
def stop(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Stop setting up: the phone shows a different number, or the user does not want to go on."""
    steps.give_up(origin=client.origin(request), **found.owned)
    return is_over(request, EnrolmentOver())


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Return the state of a set-up; polling is not activity. One statement."""
    try:
        found = current_setup(request)
    except EnrolmentOver:
        found = None
    return JsonResponse({"state": found.enrolment.state if found else EnrolmentState.ENDED})


@require_safe
@setting_up("accounts:key-setup-done")
def done(request: HttpRequest, found: SetUp) -> HttpResponse:
    """See what was set up, and test it."""
    items = rows.items_of(found.enrolment)
    facts = found.frame("done") | {"own": items[0], "others": items[1:], "next": found.next}
    return refusal_responses.page(request, "accounts/key_setup_done.html", **facts)
