"""What is on file about a customer: masked, in full after fresh proof, and the parts they change alone."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import holds
from accounts.actions.people import details
from accounts.enums import HoldScope
from accounts.forms.profile import PhoneForm, PreferencesForm
from accounts.models import Customer
from accounts.policies import masks
from accounts.refusals import Refusal, TooOften
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, signed_in
from portal.lib import client, clock

_PARTS = ("line1", "line2", "city", "postcode", "country")


@require_safe
@signed_in
def profile(request: SignedInRequest) -> HttpResponse:
    """See what is on file about you, masked."""
    return render(request, "accounts/profile.html", {"facts": _facts(request, is_full=False), "is_full": False})


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def full(request: SignedInRequest) -> HttpResponse:
    """See what is on file about you in full; each look is recorded."""
    customer_of(request)
    if request.method != "POST":
        return render(request, "accounts/profile_full.html")
    details.note_shown(user=request.user, by=request.user, origin=client.origin(request), now=clock.now())
    return render(request, "accounts/profile.html", {"facts": _facts(request, is_full=True), "is_full": True})


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def phone(request: SignedInRequest) -> HttpResponse:
    """Change your phone number."""
    customer_of(request)
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed, origin, now = form.cleaned_data["phone"], client.origin(request), clock.now()
        try:
            details.change_phone(user=request.user, typed=typed, by=request.user, origin=origin, now=now)
        except Refusal as refusal:
            form.refuse(refusal, None if isinstance(refusal, TooOften) else "phone")
        else:
            messages.success(request, _("Your phone number is changed."))
            return redirect("accounts:profile")
    held = holds.of(request.user, HoldScope.CONTACT, now=clock.now())
    return refusal_responses.page(request, "accounts/profile_phone.html", form=form, held=held)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preferences(request: SignedInRequest) -> HttpResponse:
    """Choose your language and time zone."""
    person = customer_of(request)
    present = {"language": person.language, "time_zone": person.time_zone}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=present)
    if form.is_valid():
        origin, now = client.origin(request), clock.now()
        details.set_preferences(user=request.user, by=request.user, origin=origin, now=now, **form.cleaned_data)
        messages.success(request, _("Your language and time zone are set."))
        return redirect("accounts:profile")
    return refusal_responses.page(request, "accounts/profile_preferences.html", form=form)


def customer_of(request: SignedInRequest) -> Customer:
    """Return the customer who is signed in; staff have no profile here, and get 404."""
    if request.user.customer is None:
        raise Http404
    return request.user.customer


def _facts(request: SignedInRequest, *, is_full: bool) -> dict[str, object]:
    """Return what is on file, with masks unless it is shown in full."""
    user, person = request.user, customer_of(request)
    lines = [str(person.address.get(part, "")) for part in _PARTS]
    names = (person.given_name, person.middle_name, person.family_name)
    return {
        "name": " ".join(filter(None, names if is_full else map(masks.name, names))),
        "birth_date": _day(person.birth_date) if is_full else masks.all_of(person.birth_date),
        "address": [line for line in lines if line] if is_full else list(filter(None, [masks.all_of("".join(lines))])),
        "phone": person.phone if is_full else masks.tail(person.phone, 2),
        "email": user.email if is_full else masks.email(user.email),
        "accounts": [number if is_full else masks.tail(number, 3) for number in details.accounts_of(user)],
        "language": person.language,
        "time_zone": person.time_zone,
    }


def _day(day: str) -> str:
    """Return a day on file as people write it."""
    return date_format(date.fromisoformat(day), "j F Y") if day else ""
