"""Changing a password: one's own, or that of one's paper trading."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import password as passwords
from accounts.actions.sign_in import known_browsers
from accounts.cookies import EncryptedCookie
from accounts.enums import Realm
from accounts.forms.password import NewPasswordForm
from accounts.models import User
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, signed_in
from portal.lib import client, clock

RECEIPT = EncryptedCookie("password-receipt", minutes=5)  # what ended, on its way to the page that shows it
_GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(_GET_OR_POST)
@freshly_proved
def change(request: SignedInRequest) -> HttpResponse:
    """Choose a new password."""
    return _page(request, request.user)


@require_http_methods(_GET_OR_POST)
@freshly_proved
def change_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a new password for one's own paper trading, from the live log-in."""
    return _page(request, get_object_or_404(_paper_users(request.user), pk=pk))


@require_safe
@signed_in
def changed(request: SignedInRequest) -> HttpResponse:
    """See what the new password has ended."""
    kept = RECEIPT.read(request)
    if kept.get("user") != request.user.pk:
        return redirect("home:security")
    return render(request, "accounts/password_changed.html", {"username": kept["username"], "ended": kept["ended"]})


def _paper_users(user: User) -> QuerySet[User]:
    """Return the paper log-ins of the same customer; none for whoever trades on paper only."""
    same = User.objects.filter(customer=user.customer_id, realm=Realm.PAPER, is_active=True, customer__isnull=False)
    return same.order_by("username") if user.realm == Realm.LIVE else same.none()


def _page(request: SignedInRequest, user: User) -> HttpResponse:
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _changed(request, user, form.cleaned_data["new_password"])
        except Refusal as refusal:
            form.refuse(refusal, None if refusal.is_flood else "new_password")
    facts: dict[str, Any] = {
        "username": user.username,
        "is_own": user.pk == request.user.pk,
        "paper_users": _paper_users(request.user) if user.pk == request.user.pk else (),
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }
    return refusal_responses.page(request, "accounts/password.html", form=form, **facts)


def _changed(request: SignedInRequest, user: User, new_password: str) -> HttpResponse:
    now = clock.now()
    cookie = known_browsers.cookie_of(request)
    scope = known_browsers.browser_scope_of(cookie, request.user.username, now=now)
    by = passwords.SignedIn(request.user, request.session.current, scope)
    ended = passwords.change(user=user, new_password=new_password, by=by, origin=client.origin(request), now=now)
    response = redirect("accounts:password-changed")
    RECEIPT.write(response, user=request.user.pk, username=user.username, ended=ended)
    return response
