"""Setting a new password without support: username, e-mailed code, details, Key, new password, receipt."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.keys.enrolment import identity_proofing
from accounts.actions.sign_in import known_browsers, push_approval
from accounts.forms.enrolment import AnswersForm, DetailsForm, MailedCodeForm
from accounts.forms.password import NewPasswordForm
from accounts.forms.sign_in import CodeForm
from accounts.refusals import NothingToAsk, Refusal, RequestDenied
from accounts.repeated_posts import may_change
from accounts.views import refusal_responses
from portal.lib import client, clock, headers
from portal.lib.http_methods import require_POST
from recovery.actions.resets import handing_over, steps
from recovery.enums import ResetState
from recovery.forms.reset import UsernameForm
from recovery.models import PasswordReset
from recovery.refusals import ResetOver
from recovery.views import cookies
from recovery.views.resets.reset_session import Reset, current, is_over, new_ticket, resetting
from recovery.views.start import show_pin_once

_GET_OR_POST = ["GET", "HEAD", "POST"]
_OPEN = [state for state in ResetState if state not in {ResetState.DONE, ResetState.ENDED}]


@require_http_methods(_GET_OR_POST)
def start(request: HttpRequest) -> HttpResponse:
    """Say whose password it is; the same answer for every username."""
    form = UsernameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ticket = new_ticket()
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
    form = MailedCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            moved = steps.accept_code(
                reset.owned, code=form.cleaned_data["code"], origin=client.origin(request), now=clock.now()
            )
        except ResetOver:
            raise
        except Refusal as refusal:
            form.refuse(refusal, "code")
        else:
            return _go_on(request, reset, moved)
    facts = reset.frame() | {"is_sent_again": not form.is_bound and "sent" in request.GET}
    return refusal_responses.page(request, "recovery/reset_code.html", form=form, **facts)


@require_POST
@resetting(ResetState.EMAIL)
def send(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Send a new code by e-mail, which replaces the older one."""
    try:
        steps.send_again(reset.owned, now=clock.now())
    except ResetOver:
        raise
    except Refusal as refusal:
        form = MailedCodeForm()
        return refusal_responses.page(request, "recovery/reset_code.html", form=form, refusal=refusal, **reset.frame())
    return redirect(f"{reverse('recovery:reset-code')}?sent=again")


@require_http_methods(_GET_OR_POST)
@resetting(ResetState.DETAILS)
def details(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Answer what only the owner of the account knows."""
    try:
        questions = identity_proofing.questions_for(reset.row.owner)
    except NothingToAsk as refusal:
        return refusal_responses.page(request, "recovery/reset_details.html", refusal=refusal, **reset.frame())
    data = request.POST if request.method == "POST" else None
    form: AnswersForm | DetailsForm = AnswersForm(data, questions=questions) if questions else DetailsForm(data)
    if form.is_valid():
        try:
            moved = steps.accept_details(
                reset.owned, given=form.given(), origin=client.origin(request), now=clock.now()
            )
        except ResetOver:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _go_on(request, reset, moved)
    facts = reset.frame() | {"questions": questions}
    return refusal_responses.page(request, "recovery/reset_details.html", form=form, **facts)


def _go_on(request: HttpRequest, reset: Reset, moved: PasswordReset) -> HttpResponse:
    """Lead to the next step; the phone is asked as soon as its step is reached."""
    reset = Reset(moved, reset.ticket)
    if moved.state == ResetState.KEY:
        try:
            reset = reset.asking(_ask(request, reset))
        except ResetOver:
            raise
        except Refusal:
            pass  # the page offers to ask again; if that is refused as well, it says why
    return reset.keep(redirect(reset.page))


def _ask(request: HttpRequest, reset: Reset) -> push_approval.SentRequest | None:
    return steps.ask_phone(reset.owned, instead_of=reset.reference, origin=client.origin(request), now=clock.now())


@require_http_methods(_GET_OR_POST)
@resetting(ResetState.KEY)
def key(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Confirm with the Key: its code, an approval on the phone, or a backup code."""
    form = CodeForm(request.POST if request.method == "POST" and "approved" not in request.POST else None)
    try:
        if "approved" in request.POST or form.is_valid():
            return _go_on(request, reset, _confirmed(request, reset, form))
    except (ResetOver, RequestDenied):
        raise
    except Refusal as refusal:
        if not form.is_bound:
            return may_change(_key_page(request, reset, form, refusal=refusal))
        form.refuse(refusal, "backup_code" if form.cleaned_data.get("backup_code") else "otp_token")
    return _key_page(request, reset, form)


def _confirmed(request: HttpRequest, reset: Reset, form: CodeForm) -> PasswordReset:
    origin, now = client.origin(request), clock.now()
    if "approved" in request.POST:
        return steps.accept_approval(reset.owned, reference=reset.reference, origin=origin, now=now)
    if typed := form.cleaned_data["backup_code"]:
        return steps.accept_backup_code(reset.owned, typed=typed, origin=origin, now=now)
    return steps.accept_key_code(reset.owned, code=form.cleaned_data["otp_token"], origin=origin, now=now)


def _key_page(request: HttpRequest, reset: Reset, form: CodeForm, *, refusal: Refusal | None = None) -> HttpResponse:
    phones = push_approval.phones_of(reset.row.owner.pk)
    facts = reset.frame() | {"phones": phones} | reset.waiting()
    return refusal_responses.page(request, "recovery/reset_key.html", form=form, refusal=refusal, **facts)


@require_POST
@resetting(ResetState.KEY)
def ask(request: HttpRequest, reset: Reset) -> HttpResponse:
    """Send a request to the phone, in place of an earlier one."""
    try:
        sent = _ask(request, reset)
    except ResetOver:
        raise
    except Refusal as refusal:
        return _key_page(request, reset, CodeForm(), refusal=refusal)
    return reset.asking(sent).keep(redirect("recovery:reset-key"))


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
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            origin, now = client.origin(request), clock.now()
            done = steps.choose_password(reset.owned, **form.cleaned_data, origin=origin, now=now)
        except (ResetOver, RequestDenied):
            raise
        except Refusal as refusal:
            form.refuse(refusal, "new_password")
        else:
            return Reset(done, reset.ticket).keep(redirect("recovery:reset-done"))
    facts = reset.frame() | {
        "username": reset.row.owner.username,
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }
    return refusal_responses.page(request, "recovery/reset_password.html", form=form, **facts)


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
