"""Accepting an invitation to work here: both parts, a password, and the Key at once."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions.staff import invitations
from accounts.cookies import EncryptedCookie
from accounts.forms.fields import status_of
from accounts.forms.password import NewPasswordForm
from accounts.forms.staff import InvitationForm
from accounts.models import StaffInvitation
from accounts.refusals import EnrolmentOver, Refusal, Suspended
from accounts.staff_refusals import InvitationOver
from accounts.views import refusal_responses, told
from accounts.views.keys import enrolment_session
from accounts.views.told import Told
from portal.lib import client, clock

# Whose parts were typed in this browser, and why its password was refused.
CHECKED = EncryptedCookie("invitation", minutes=30)
_GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(_GET_OR_POST)
def invitation(request: HttpRequest) -> HttpResponse:
    """Enter the username and both parts of an invitation."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            found = invitations.check(**form.cleaned_data, origin=client.origin(request), now=clock.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            response = redirect("accounts:invitation-password")
            CHECKED.write(response, invitation=found.pk)
            return response
    return refusal_responses.page(request, "accounts/invitation.html", form=form)


@require_http_methods(_GET_OR_POST)
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password; the Key comes next."""
    checked = CHECKED.read(request)
    if not checked:
        return redirect("accounts:invitation")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    try:
        found = invitations.find_open(invitation_id=checked["invitation"], now=clock.now())
        if form.is_valid():
            return _accepted(request, found, form.cleaned_data["new_password"])
    except (InvitationOver, Suspended) as refusal:
        return _over(request, refusal)
    except Refusal as refusal:
        return _telling(found, Told.of(refusal, "" if refusal.is_flood else "new_password"))
    if form.is_bound and status_of(form) == 200:
        return _telling(found, Told.of_form(form))
    return _page(request, found, form, checked.get("told"))


def _page(
    request: HttpRequest, found: StaffInvitation, form: NewPasswordForm, reason: dict[str, Any] | None
) -> HttpResponse:
    facts: dict[str, Any] = {
        "username": found.user.username,
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }
    said = Told(**reason) if reason else None
    return told.page(request, "accounts/invitation_password.html", form, said, **facts)


def _telling(found: StaffInvitation, reason: Told) -> HttpResponse:
    """Lead back to the page of the password, which says why it was refused."""
    response = redirect("accounts:invitation-password")
    CHECKED.write(response, invitation=found.pk, told=asdict(reason))
    return response


def _accepted(request: HttpRequest, found: StaffInvitation, new_password: str) -> HttpResponse:
    user = invitations.accept(
        invitation=found, new_password=new_password, origin=client.origin(request), now=clock.now()
    )
    return enrolment_session.begin_proved(request, user, proved_by="invitation")


def _over(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Lead back and second tabs of whoever has just accepted on to the Key; to all else, say that it is over."""
    try:
        is_accepted_here = enrolment_session.current_setup(request) is not None
    except EnrolmentOver:
        is_accepted_here = False
    if is_accepted_here:
        return redirect("accounts:key-setup-pair")
    response = render(request, "accounts/invitation_over.html", {"refusal": refusal}, status=409)
    CHECKED.drop(response)
    return response
