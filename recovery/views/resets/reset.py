"""Setting a new password without support: username, e-mailed code, details, Key, new password, receipt."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.keys.enrolment import identity_proofing
from accounts.actions.sign_in import known_browsers, push_approval
from accounts.forms.enrolment import AnswersForm, DetailsForm, MailedCodeForm
from accounts.forms.fields import Refusable, status_of
from accounts.forms.password import NewPasswordForm
from accounts.forms.sign_in import CodeForm
from accounts.refusals import NothingToAsk, Refusal, RequestDenied, RequestWaiting
from accounts.repeated_posts import may_change
from accounts.views import refusal_responses, told
from accounts.views.told import Told
from portal.lib import client, clock, digests, headers
from portal.lib.http_methods import require_POST
from recovery.actions.resets import handing_over, steps
from recovery.enums import ResetState
from recovery.forms.reset import UsernameForm
from recovery.models import PasswordReset
from recovery.refusals import ResetOver
from recovery.views import cookies
from recovery.views.resets.reset_session import Reset, current, is_over, resetting
from recovery.views.start import show_pin_once

_GET_OR_POST = ["GET", "HEAD", "POST"]
_OPEN = [state for state in ResetState if state not in {ResetState.DONE, ResetState.ENDED}]


@require_http_methods(_GET_OR_POST)
def start(request: HttpRequest) -> HttpResponse:
    """Say whose password it is; the same answer for every username."""
    form = UsernameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ticket = digests.random_ticket()
        try:
            begun = steps.begin(
                username=form.cleaned_data["username"],
                ticket=ticket,
                browser=known_browsers.cookie_of(request),
                origin=client.origin(request),
                now=clock.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return Reset(begun, ticket).keep(redirect("recovery:reset-code"))
    return refusal_responses.page(request, "recovery/reset.html", form=form)


@require_http_methods(_GET_OR_POST)
@resetting(ResetState.EMAIL)
def code(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Type the code from the e-mail."""
    show = partial(_page, request, reset, "recovery/reset_code.html")
    if request.method != "POST":
        return show(MailedCodeForm(), is_sent_again="sent" in request.GET)
    form = MailedCodeForm(request.POST)

    def step() -> PasswordReset:
        return steps.accept_code(reset.owned, code=form.cleaned_data["code"], **_now(request))

    return _tried(request, reset, form, show=show, step=step)


@require_POST
@resetting(ResetState.EMAIL)
def send(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Send a new code by e-mail, which replaces the older one."""
    try:
        steps.send_again(reset.owned, now=clock.now())
    except ResetOver:
        raise
    except Refusal as refusal:
        return reset.telling(Told.of(refusal))
    return replace(reset, told=None).keep(redirect(f"{reverse('recovery:reset-code')}?sent=again"))


@require_http_methods(_GET_OR_POST)
@resetting(ResetState.DETAILS)
def details(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Answer what only the owner of the account knows."""
    template = "recovery/reset_details.html"
    try:
        questions = identity_proofing.questions_for(reset.row.owner)
    except NothingToAsk as refusal:
        return refusal_responses.page(request, template, refusal=refusal, **reset.frame())
    data = request.POST if request.method == "POST" else None
    form: AnswersForm | DetailsForm = AnswersForm(data, questions=questions) if questions else DetailsForm(data)
    show = partial(_page, request, reset, template, questions=questions)
    if data is None:
        return show(form)

    def step() -> PasswordReset:
        return steps.accept_details(reset.owned, given=form.given(), **_now(request))

    return _tried(request, reset, form, show=show, step=step, field="")


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"origin": client.origin(request), "now": clock.now()}


def _tried(
    request: HttpRequest,
    reset: Reset,
    form: Refusable,
    *,
    show: Callable[[Refusable], HttpResponse],
    step: Callable[[], PasswordReset],
    field: str | None = None,
) -> HttpResponse:
    """Take a step with what was typed, and lead to the next page, or back to this one, which says why.

    ``field``: where a refusal is told, by itself the first one; empty for the top. Either way by a redirect, so that
    reload and Back send nothing again; only what no person types is answered at once, with 400.
    """
    if not form.is_valid():
        return show(form) if status_of(form) != 200 else reset.telling(Told.of_form(form))
    try:
        return _go_on(request, reset, step())
    except (ResetOver, RequestDenied):
        raise
    except Refusal as refusal:
        return reset.telling(Told.of(refusal, next(iter(form.fields)) if field is None else field))


def _page(request: HttpRequest, reset: Reset, template: str, form: Refusable, **facts: Any) -> HttpResponse:
    return told.page(request, template, form, reset.told, **reset.frame() | facts)


def _go_on(request: HttpRequest, reset: Reset, moved: PasswordReset) -> HttpResponse:
    """Lead to the next step; the phone is asked as soon as its step is reached."""
    reset = Reset(moved, reset.ticket)
    if moved.state == ResetState.KEY:
        try:
            reset = reset.asking(_ask(request, reset))
        except ResetOver:
            raise
        except Refusal as refusal:
            return reset.telling(Told.of(refusal))
    return reset.keep(redirect(reset.page))


def _ask(request: HttpRequest, reset: Reset) -> push_approval.SentRequest | None:
    return steps.ask_phone(reset.owned, instead_of=reset.reference, **_now(request))


@require_http_methods(_GET_OR_POST)
@resetting(ResetState.KEY)
def key(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Confirm with the Key: its code, an approval on the phone, or a backup code."""
    facts = {"phones": push_approval.phones_of(reset.row.owner.pk)} | reset.waiting()

    def show(form: Refusable) -> HttpResponse:
        return _page(request, reset, "recovery/reset_key.html", form, **facts)

    if request.method != "POST":
        return show(CodeForm())
    if "approved" in request.POST:
        return _approved(request, reset)
    form = CodeForm(request.POST)
    field = "backup_code" if request.POST.get("backup_code", "").strip() else "otp_token"
    step = partial(_with_code, request, reset, form)
    return _tried(request, reset, form, show=show, step=step, field=field)


def _with_code(request: HttpRequest, reset: Reset, form: CodeForm) -> PasswordReset:
    if typed := form.cleaned_data["backup_code"]:
        return steps.accept_backup_code(reset.owned, typed=typed, **_now(request))
    return steps.accept_key_code(reset.owned, code=form.cleaned_data["otp_token"], **_now(request))


def _approved(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Go on with the approval; a request that is over takes its number along."""
    try:
        moved = steps.accept_approval(reset.owned, reference=reset.reference, **_now(request))
    except (ResetOver, RequestDenied):
        raise
    except RequestWaiting as refusal:
        return may_change(reset.telling(Told.of(refusal)))
    except Refusal as refusal:
        return replace(reset, number="").telling(Told.of(refusal))
    return _go_on(request, reset, moved)


@require_POST
@resetting(ResetState.KEY)
def ask(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Send a request to the phone, in place of an earlier one."""
    try:
        sent = _ask(request, reset)
    except ResetOver:
        raise
    except Refusal as refusal:
        return reset.telling(Told.of(refusal))
    return replace(reset, told=None).asking(sent).keep(redirect("recovery:reset-key"))


@require_safe
def waiting(request: HttpRequest) -> JsonResponse:
    """Return the state of the request to the phone; "" if there is none. Polled: writes nothing."""
    facts = cookies.RESET.read(request)
    reference = facts.get("reference", "")
    state = push_approval.state_of(reference, now=clock.now()) if reference else ""
    return JsonResponse({"state": state}, headers={"Content-Security-Policy": headers.DATA_ONLY})


@require_http_methods(_GET_OR_POST)
@resetting(ResetState.PASSWORD)
def password(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Choose the new password."""
    facts: dict[str, Any] = {
        "username": reset.row.owner.username,
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }

    def show(form: Refusable) -> HttpResponse:
        return _page(request, reset, "recovery/reset_password.html", form, **facts)

    if request.method != "POST":
        return show(NewPasswordForm())
    form = NewPasswordForm(request.POST)

    def step() -> PasswordReset:
        return steps.choose_password(reset.owned, **form.cleaned_data, **_now(request))

    return _tried(request, reset, form, show=show, step=step)


@require_safe
@resetting(ResetState.DONE)
def done(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Show the receipt: what the new password has ended."""
    return render(request, "recovery/reset_done.html", {"reset": reset.row})


@require_POST
@resetting(*_OPEN)
def ask_for_help(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Hand over to support, with what was proved so far."""
    browser = cookies.browser_of(request) or cookies.new_browser()
    try:
        opened = handing_over.ask_for_help(reset.owned, browser=browser, origin=client.origin(request), now=clock.now())
    except ResetOver:
        raise
    except Refusal as refusal:
        return is_over(request, refusal, reset)
    response = show_pin_once(opened.claim, opened.pin)
    cookies.keep_browser(response, browser)
    cookies.RESET.drop(response)
    return response


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """End the reset of this browser with nothing changed."""
    response = redirect(f"{reverse('accounts:login')}?ended=stopped")
    cookies.RESET.drop(response)
    try:
        reset = current(request)
        if reset is not None:
            steps.stop(reset.owned, now=clock.now())
    except ResetOver:
        pass  # it was over already
    return response
