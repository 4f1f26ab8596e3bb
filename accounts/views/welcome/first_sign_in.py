"""Signing in for the first time: username and welcome code, details, e-mailed code, password, then the Key."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.actions.first_sign_in import steps
from accounts.actions.keys.enrolment import identity_proofing
from accounts.enums import FirstSignInState
from accounts.forms.enrolment import MailedCodeForm
from accounts.forms.fields import Refusable, status_of
from accounts.forms.password import NewPasswordForm
from accounts.forms.welcome import BesideLetterForm, LetterForm
from accounts.models import FirstSignIn
from accounts.policies import masks
from accounts.refusals import Refusal
from accounts.views import refusal_responses, told
from accounts.views.keys import enrolment_session
from accounts.views.told import Told
from accounts.views.welcome.first_sign_in_session import WELCOME, Welcome, arriving, current
from accounts.welcome_refusals import FirstSignInOver
from portal.lib import client, clock, digests
from portal.lib.http_methods import require_POST

_GET_OR_POST = ["GET", "HEAD", "POST"]
_PROVED_BY = "welcome letter"


@require_http_methods(_GET_OR_POST)
def start(request: HttpRequest) -> HttpResponse:
    """Enter the username and the code from the letter; whatever is wrong with them, the answer is the same."""
    form = LetterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ticket = digests.random_ticket()
        try:
            begun = steps.begin(**form.cleaned_data, ticket=ticket, **_now(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return Welcome(begun, ticket).keep(redirect("accounts:welcome-details"))
    days = settings.PORTAL_WELCOME_DAYS
    return refusal_responses.page(request, "accounts/welcome/start.html", form=form, welcome_days=days)


@require_http_methods(_GET_OR_POST)
@arriving(FirstSignInState.DETAILS)
def details(request: HttpRequest, welcome: Welcome) -> HttpResponse:
    """Confirm the birth date and one more detail that the letter does not show."""
    asks_detail = identity_proofing.can_ask_beside_letter(welcome.row.user)
    form = BesideLetterForm(request.POST if request.method == "POST" else None, asks_detail=asks_detail)

    def step() -> FirstSignIn:
        return steps.accept_details(welcome.owned, given=form.given(), **_now(request))

    return _tried(request, welcome, form, show=partial(_page, template="details"), step=step, field="")


@require_http_methods(_GET_OR_POST)
@arriving(FirstSignInState.EMAIL)
def code(request: HttpRequest, welcome: Welcome) -> HttpResponse:
    """Type the code from the e-mail."""
    form = MailedCodeForm(request.POST if request.method == "POST" else None)
    facts: dict[str, Any] = {"email": masks.email(welcome.row.user.email), "is_sent_again": "sent" in request.GET}

    def step() -> FirstSignIn:
        return steps.accept_code(welcome.owned, code=form.cleaned_data["code"], **_now(request))

    return _tried(request, welcome, form, show=partial(_page, template="code", **facts), step=step)


@require_POST
@arriving(FirstSignInState.EMAIL)
def send(request: HttpRequest, welcome: Welcome) -> HttpResponse:
    """Send a new code by e-mail, which replaces the older one."""
    try:
        steps.send_code(welcome.owned, **_now(request))
    except FirstSignInOver:
        raise
    except Refusal as refusal:
        return welcome.telling(Told.of(refusal))
    return Welcome(welcome.row, welcome.ticket).keep(redirect(f"{reverse('accounts:welcome-code')}?sent=again"))


@require_http_methods(_GET_OR_POST)
@arriving(FirstSignInState.PASSWORD)
def password(request: HttpRequest, welcome: Welcome) -> HttpResponse:
    """Choose the first password."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    facts: dict[str, Any] = {
        "username": welcome.row.user.username,
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }

    def step() -> FirstSignIn:
        return steps.choose_password(welcome.owned, **form.cleaned_data, **_now(request))

    return _tried(request, welcome, form, show=partial(_page, template="password", **facts), step=step)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """End the first sign-in of this browser with nothing changed."""
    response = redirect("accounts:login")
    WELCOME.drop(response)
    try:
        welcome = current(request)
        if welcome is not None:
            steps.stop(welcome.owned, now=clock.now())
    except FirstSignInOver:
        pass  # it was over already
    return response


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"origin": client.origin(request), "now": clock.now()}


def _page(request: HttpRequest, welcome: Welcome, form: Refusable, *, template: str, **facts: Any) -> HttpResponse:
    name = f"accounts/welcome/{template}.html"
    return told.page(request, name, form, welcome.told, **welcome.frame() | facts)


def _tried(
    request: HttpRequest,
    welcome: Welcome,
    form: Refusable,
    *,
    show: Callable[[HttpRequest, Welcome, Refusable], HttpResponse],
    step: Callable[[], FirstSignIn],
    field: str | None = None,
) -> HttpResponse:
    """Show the form, or take its step and lead to the next page, or back to this one, which says why.

    ``field``: where a refusal is told, by itself the first one; empty for the top. Whatever was sent is answered by
    a redirect, so that reload and Back send nothing again; only what no person types is answered at once, with 400.
    """
    if not form.is_bound:
        return show(request, welcome, form)
    if not form.is_valid():
        return show(request, welcome, form) if status_of(form) != 200 else welcome.telling(Told.of_form(form))
    try:
        return _go_on(request, Welcome(step(), welcome.ticket))
    except FirstSignInOver:
        raise
    except Refusal as refusal:
        return welcome.telling(Told.of(refusal, next(iter(form.fields)) if field is None else field))


def _go_on(request: HttpRequest, welcome: Welcome) -> HttpResponse:
    """Lead to the next page: the code is sent as soon as its page is reached, and the Key follows the password."""
    if welcome.row.state == FirstSignInState.DONE:
        try:
            return welcome.keep(enrolment_session.begin_proved(request, welcome.row.user, proved_by=_PROVED_BY))
        except Refusal:
            return welcome.keep(redirect("accounts:login"))  # the password is set; signing in says what is in the way
    if welcome.row.state == FirstSignInState.EMAIL:
        try:
            steps.send_code(welcome.owned, **_now(request))
        except Refusal as refusal:
            return welcome.telling(Told.of(refusal))
    return welcome.keep(redirect(welcome.page))
