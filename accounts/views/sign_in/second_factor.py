"""The second step of signing in, `/login/confirm/`: a Key code, a backup code, or an approval on the phone.

Every answer to a form is a redirect, so that reload and Back show the page and send nothing again.
"""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.actions.sign_in import push_approval
from accounts.forms.fields import status_of
from accounts.forms.sign_in import CodeForm
from accounts.refusals import (
    Paused,
    Refusal,
    RequestDenied,
    RequestExpired,
    RequestOver,
    RequestWaiting,
    SignInTooSlow,
)
from accounts.repeated_posts import may_change
from accounts.views.guards import safe_next, who
from accounts.views.sign_in import pending_sign_in, second_factors
from accounts.views.sign_in.pending_sign_in import PendingSignIn, PushRequest, Told
from accounts.views.sign_in.push_request import ask_phone
from accounts.views.sign_in.sign_in import STEPS, paused
from helpcenter import causes
from portal.lib import clock, site


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Confirm the sign-in with a Key code, a backup code, or an approval on the phone."""
    sign_in = pending_sign_in.find(request)
    if sign_in is None:
        return redirect(safe_next(request) or "home:dashboard") if who(request) else _start_again(SignInTooSlow(), "")
    if request.method != "POST":
        return _page(request, sign_in, CodeForm(), status=200)
    try:
        return _answer(request, sign_in)
    except (SignInTooSlow, RequestDenied) as refusal:
        return sign_in.drop(_start_again(refusal, sign_in.next))
    except Paused as refusal:
        return paused(request, refusal)


def _answer(request: HttpRequest, sign_in: PendingSignIn) -> HttpResponse:
    """Do what the pressed button says. Raises: ``SignInTooSlow``, ``RequestDenied``, ``Paused``."""
    now = clock.now()
    if "stop" in request.POST:
        push_approval.withdraw(sign_in.reference)
        return sign_in.drop(redirect("accounts:login"))
    if "again" in request.POST:
        return _back_to(ask_phone(request, sign_in, now=now))
    under_way = second_factors.UnderWay(request, sign_in.pending, sign_in.reference, now)
    return _by_approval(under_way, sign_in) if "approved" in request.POST else _by_typed(under_way, sign_in)


def _by_typed(under_way: second_factors.UnderWay, sign_in: PendingSignIn) -> HttpResponse:
    form = CodeForm(under_way.request.POST)
    if not form.is_valid():
        return _unreadable(under_way.request, sign_in, form)
    try:
        done = second_factors.by_typed(under_way, **form.cleaned_data)
    except (SignInTooSlow, RequestDenied, Paused):
        raise
    except Refusal as refusal:
        field = "backup_code" if form.cleaned_data["backup_code"] else "otp_token"
        return _back_to(sign_in.having(told=Told.of(refusal, field)))
    return _signed_in(under_way.request, sign_in, done)


def _by_approval(under_way: second_factors.UnderWay, sign_in: PendingSignIn) -> HttpResponse:
    try:
        done = second_factors.by_approval(under_way)
    except RequestWaiting as refusal:
        return may_change(_back_to(sign_in.having(told=Told.of(refusal))))
    except (RequestExpired, RequestOver) as refusal:
        return _back_to(sign_in.having(push=PushRequest(), told=Told.of(refusal)))
    return _signed_in(under_way.request, sign_in, done)


def _signed_in(request: HttpRequest, sign_in: PendingSignIn, done: second_factors.SignedIn) -> HttpResponse:
    return second_factors.remember(request, sign_in.drop(redirect(sign_in.next or "home:dashboard")), done)


def _back_to(sign_in: PendingSignIn) -> HttpResponse:
    return sign_in.store(redirect(sign_in.url))


def _start_again(refusal: Refusal, wanted: str) -> HttpResponse:
    """Lead to the first step, which says why."""
    query = {"because": refusal.code} | ({"next": wanted} if wanted else {})
    return redirect(f"{reverse('accounts:login')}?{urlencode(query)}")


def _unreadable(request: HttpRequest, sign_in: PendingSignIn, form: CodeForm) -> HttpResponse:
    """Say what is missing; what no person types is answered with 400."""
    if (status := status_of(form)) != 200:
        return _page(request, sign_in, form, status=status)
    field, errors = next(iter(form.errors.as_data().items()))
    code = "F1" if errors[0].code == "required" else "F3"
    return _back_to(sign_in.having(told=Told(code, " ".join(errors[0].messages), field)))


def _page(request: HttpRequest, sign_in: PendingSignIn, form: CodeForm, *, status: int) -> HttpResponse:
    told = None if form.is_bound else sign_in.told
    if told:
        form.show(told.words, code=told.code, field=told.field)
    elif not form.is_bound:
        form.fields["otp_token"].widget.attrs["autofocus"] = True
    facts = {
        "form": form,
        "sign_in": sign_in,
        "told": told,
        "cause": causes.get(told.code) if told else None,
        "steps": STEPS,
        "passkey_site": site.host() if sign_in.pending.has_passkey else "",
        **_waiting(sign_in),
    }
    response = render(request, "accounts/second_factor.html", facts, status=status)
    if told and (left := round(told.until - clock.now().timestamp())) > 0:
        response.status_code, response["Retry-After"] = 429, str(left)
    return response


def _waiting(sign_in: PendingSignIn) -> dict[str, Any]:
    """Return what the page shows of the push request: its phones, the number, until when."""
    if sign_in.push is None:
        return {}
    until, now = datetime.fromtimestamp(sign_in.push.until, UTC), clock.now()
    if until <= now:
        return {"asked": True}
    phones = push_approval.phones_of(sign_in.pending.user_id)
    return {"asked": True, "number": sign_in.push.number, "phones": phones, "until": until, "now": now}
