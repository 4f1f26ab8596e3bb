"""A new e-mail address: name it, confirm it with a code, and stop a change that was not yours."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import holds
from accounts.actions.people import email_change
from accounts.enums import HoldScope
from accounts.forms.profile import AddressCodeForm, AddressForm
from accounts.forms.stop import StopForm
from accounts.policies import masks
from accounts.profile_refusals import AddressUnchanged, ChangeOver, NothingToStop
from accounts.refusals import EmailedCodeWrong, Refusal
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, who
from accounts.views.profile import customer_of
from portal.lib import client, clock


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def address(request: SignedInRequest) -> HttpResponse:
    """Name a new e-mail address."""
    customer_of(request)
    form = AddressForm(request.POST if request.method == "POST" else None)
    user, now = request.user, clock.now()
    if form.is_valid():
        named, origin = form.cleaned_data["address"], client.origin(request)
        try:
            email_change.start(user=user, address=named, by=user, origin=origin, now=now)
        except Refusal as refusal:
            form.refuse(refusal, "address" if isinstance(refusal, AddressUnchanged) else None)
        else:
            return redirect("accounts:profile-email-code")
    held, present = holds.of(user, HoldScope.CONTACT, now=now), masks.email(user.email)
    hours = settings.PORTAL_EMAIL_STOP_HOURS
    return refusal_responses.page(
        request, "accounts/profile_email.html", form=form, held=held, present=present, hours=hours
    )


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def code(request: SignedInRequest) -> HttpResponse:
    """Confirm a new e-mail address with the code that was sent to it."""
    user, now = request.user, clock.now()
    form = AddressCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed, origin = form.cleaned_data["code"], client.origin(request)
        try:
            email_change.confirm(user=user, code=typed, by=user, origin=origin, now=now)
        except ChangeOver as refusal:
            messages.info(request, refusal.words())
        except Refusal as refusal:
            form.refuse(refusal, "code" if isinstance(refusal, EmailedCodeWrong) else None)
        else:
            messages.success(request, _("Your e-mail address is changed."))
            return redirect("accounts:profile")
    waiting = email_change.waiting_of(user, now=now)
    if waiting is None:
        return redirect("accounts:profile-email")
    return refusal_responses.page(request, "accounts/profile_email_code.html", form=form, address=waiting.new_address)


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def stop_mine(request: SignedInRequest) -> HttpResponse:
    """Undo the last change of your e-mail address, which was not yours.

    A fresh proof, as the change itself: somebody in an open session must not bring back a mailbox the owner left.
    """
    user, now = request.user, clock.now()
    if request.method == "POST":
        try:
            email_change.stop_signed_in(user=user, origin=client.origin(request), now=now)
        except NothingToStop as refusal:
            messages.info(request, refusal.words())
            return redirect("accounts:profile")
        return redirect("accounts:profile-stopped")
    return render(request, "accounts/profile_email_stop.html", {"change": email_change.stoppable_of(user, now=now)})


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Stop a change of the e-mail address with the code from our message to the former one."""
    form = StopForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email_change.stop_by_code(**form.cleaned_data, origin=client.origin(request), now=clock.now())
        return redirect("accounts:profile-stopped")
    is_signed_in = who(request) is not None
    return refusal_responses.page(request, "accounts/profile_stop.html", form=form, is_signed_in=is_signed_in)


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Say what a stop code does; the same page for right, used and unknown ones."""
    return render(request, "accounts/profile_stopped.html")
