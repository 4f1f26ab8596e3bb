"""A way in for a new browser while strangers keep sign-in paused (LOCK-5): `/login/this-browser/`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.actions.sign_in import browser_admission, known_browsers
from accounts.cookies import EncryptedCookie
from accounts.forms.this_browser import AdmissionCodeForm, AskForm
from accounts.refusals import Refusal
from accounts.views import refusal_responses
from accounts.views.guards import who
from accounts.views.sign_in.second_factors import keep_browser
from portal.lib import client, clock, code_alphabet

_ASKED = EncryptedCookie("this-browser", minutes=browser_admission.CODE_LIFE.seconds // 60)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code that lets this browser try; the answer is the same for every username."""
    if who(request):
        return redirect("home:dashboard")
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asked = browser_admission.ask(
                username=form.cleaned_data["username"], origin=client.origin(request), now=clock.now()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            response = redirect("accounts:this-browser-code")
            _ASKED.write(response, ticket=asked.ticket, number=asked.number)
            return response
    return refusal_responses.page(request, "accounts/this_browser.html", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Let this browser try, by the code from the e-mail or by the Key."""
    kept = _ASKED.read(request)
    if not kept or not browser_admission.is_open(kept["ticket"], now=clock.now()):
        return redirect("accounts:this-browser")
    is_by_key = "by_key" in request.POST
    form = AdmissionCodeForm(request.POST if request.method == "POST" and not is_by_key else None)
    try:
        if is_by_key or form.is_valid():
            return _admitted(request, _cookie(request, kept["ticket"], "" if is_by_key else form.cleaned_data["code"]))
    except Refusal as refusal:
        form.refuse(refusal, None if is_by_key else "code")
    facts: dict[str, Any] = {
        "number": code_alphabet.grouped(kept["number"]),
        "minutes": browser_admission.CODE_LIFE.seconds // 60,
    }
    return refusal_responses.page(request, "accounts/this_browser_code.html", form=form, **facts)


def _cookie(request: HttpRequest, ticket: str, typed: str) -> str:
    """Return the cookie this browser is known by once it may try; ``typed``: the code, or empty after the Key."""
    given: dict[str, Any] = {
        "ticket": ticket,
        "browser": known_browsers.cookie_of(request),
        "origin": client.origin(request),
    }
    if typed:
        return browser_admission.accept_code(typed=typed, now=clock.now(), **given)
    return browser_admission.take_up(now=clock.now(), **given)


def _admitted(request: HttpRequest, cookie: str) -> HttpResponse:
    response = redirect(f"{reverse('accounts:login')}?ended=admitted")
    _ASKED.drop(response)
    return keep_browser(response, cookie)
