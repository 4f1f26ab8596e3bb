"""The second step of signing in, `/login/confirm/`: a Key code, a backup code, or an approval on the phone.

Every answer to a form is a redirect, so that reload and Back show the page and send nothing again.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
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
from accounts.views.sign_in import blocked_network, pending_sign_in, second_factors
from accounts.views.sign_in.pending_sign_in import PendingSignIn, PushRequest
from accounts.views.sign_in.push_request import ask_phone
from accounts.views.sign_in.sign_in import paused
from accounts.views.told import Told
from portal.lib import clock, site

_STEPS = (_("Password"), _("Key"))


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
        return sign_in.drop(redirect(f"{reverse('accounts:login')}?ended=stopped-sign-in"))
    if "again" in request.POST:
        return _back_to(ask_phone(request, sign_in, now=now))
    under_way = second_factors.UnderWay(request, sign_in.pending, sign_in.reference, now)
    if "approved" in request.POST:
        return _enter(under_way, sign_in, second_factors.by_approval, field="")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _unreadable(request, sign_in, form)
    field = "backup_code" if form.cleaned_data["backup_code"] else "otp_token"
    return _enter(under_way, sign_in, partial(second_factors.by_typed, **form.cleaned_data), field=field)


def _enter(
    under_way: second_factors.UnderWay, sign_in: PendingSignIn, way: second_factors.Way, *, field: str
) -> HttpResponse:
    """Try this second factor; a refusal is told on the page, at its field, unless it ends the sign-in."""
    try:
        done = way(under_way)
    except (SignInTooSlow, RequestDenied, Paused):
        raise
    except Refusal as refusal:
        is_over = isinstance(refusal, (RequestExpired, RequestOver))
        told = sign_in.having(told=Told.of(refusal, field), push=PushRequest() if is_over else sign_in.push)
        return may_change(_back_to(told)) if isinstance(refusal, RequestWaiting) else _back_to(told)
    if done.is_outside:
        return blocked_network.lead_to(sign_in.drop(redirect(blocked_network.PAGE)), done, sign_in.next)
    return second_factors.remember(under_way.request, sign_in.drop(redirect(sign_in.next or "home:dashboard")), done)


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
    return _back_to(sign_in.having(told=Told.of_form(form)))


def _page(request: HttpRequest, sign_in: PendingSignIn, form: CodeForm, *, status: int) -> HttpResponse:
    told = None if form.is_bound else sign_in.told
    waiting = _waiting(sign_in)
    if told:
        told.show(form)
    elif not form.is_bound and "number" not in waiting:  # focus in the field below would scroll the number away
        form.fields["otp_token"].widget.attrs["autofocus"] = True
    facts = {
        "form": form,
        "sign_in": sign_in,
        "told": told,
        "cause": told.cause if told else None,
        "steps": _STEPS,
        "passkey_site": site.host() if sign_in.pending.has_passkey else "",
        **waiting,
    }
    response = render(request, "accounts/second_factor.html", facts, status=status)
    if told and told.seconds_left > 0:
        response.status_code, response["Retry-After"] = 429, str(told.seconds_left)
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
