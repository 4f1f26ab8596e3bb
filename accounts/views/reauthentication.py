"""Giving both factors again before something sensitive."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.actions import reauthentication
from accounts.actions.authenticators import passkeys
from accounts.actions.sign_in import known_browsers
from accounts.forms.reauthentication import ConfirmForm
from accounts.refusals import BackupCodeWrong, Refusal, TooOften, WrongPair
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import safe_next, signed_in
from portal.lib import client, clock


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: SignedInRequest) -> HttpResponse:
    """Give password and Key again, then go on to the page that was wanted."""
    has_key = request.user.key_set.filter(confirmed=True).exists()
    form = ConfirmForm(request.POST if request.method == "POST" else None, has_key=has_key)
    if form.is_valid():
        try:
            _prove(request, form)
        except Refusal as refusal:
            form.refuse(refusal, _field_of(refusal, form))
        else:
            return redirect(safe_next(request) or "home:security")
    minutes = settings.PORTAL_FRESH_PROOF_MINUTES
    wanted = safe_next(request)
    offered = passkeys.site_of(request.user.pk)
    return refusal_responses.page(
        request, "accounts/confirm.html", form=form, next=wanted, fresh_proof_minutes=minutes, passkey_site=offered
    )


def _prove(request: SignedInRequest, form: ConfirmForm) -> None:
    now, cookie = clock.now(), known_browsers.cookie_of(request)
    reauthentication.prove(
        user=request.user,
        given=form.given,
        session=request.session,
        browser_scope=known_browsers.browser_scope_of(cookie, request.user.username, now=now),
        origin=client.origin(request),
        now=now,
    )


def _field_of(refusal: Refusal, form: ConfirmForm) -> str | None:
    if isinstance(refusal, WrongPair):
        return "password"
    if isinstance(refusal, TooOften):
        return None
    return "backup_code" if isinstance(refusal, BackupCodeWrong) or form.given.backup_code else "code"
