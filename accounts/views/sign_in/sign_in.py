"""Signing in: password, then a second factor, on two_factor's log-in view. See docs/decisions/0007 and 0016."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from two_factor.views import LoginView as TwoFactorLoginView

from accounts.actions.sign_in import push_approval
from accounts.enums import Realm
from accounts.forms.fields import status_of
from accounts.forms.sign_in import CodeForm, PasswordForm
from accounts.refusals import (
    Paused,
    Refusal,
    RequestDenied,
    RequestExpired,
    RequestOver,
    SignInTooSlow,
    TooManyRequests,
)
from accounts.views.sign_in import second_factors
from accounts.views.sign_in.open_session import remember
from accounts.views.sign_in.pending_sign_in import PushRequest
from portal.lib import client, clock, site


class LoginView(TwoFactorLoginView):
    """Two steps at one address. A session starts only when both factors are right."""

    template_name = "accounts/login.html"
    form_list = (("auth", PasswordForm), ("token", CodeForm))
    condition_dict = {"token": lambda view: view.storage.pending is not None}
    storage_name = "accounts.views.sign_in.pending_sign_in.PendingStorage"
    redirect_authenticated_user = True
    why: Refusal | None = None  # shown first on the next form

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Start from the beginning; a pending sign-in of this browser ends, and its push request is withdrawn."""
        self._stop()
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Handle the step, or a button beside it; without a right password, or too late, start again."""
        posted = self.request.POST
        if posted.get("wizard_goto_step") == self.AUTH_STEP:
            self._stop()
        elif posted.get(f"{self.prefix}-current_step", "").strip() == self.TOKEN_STEP:
            if self.storage.pending is None:
                return self._start_again(SignInTooSlow())
            self.storage.current_step = self.TOKEN_STEP
            if "again" in posted:
                return self._ask_again()
            if "approved" in posted:
                return self._enter(self.get_form(), second_factors.by_approval)
        return super(TwoFactorLoginView, self).post(*args, **kwargs)

    def get_form(self, step: str | None = None, **kwargs: Any) -> Any:
        """Return the step's form; ours take no device."""
        form = super(TwoFactorLoginView, self).get_form(step=step, **kwargs)
        if self.why:
            form.cleaned_data = {}
            form.refuse(self.why)
            self.why = None
        return form

    def get_form_initial(self, step: str) -> dict[str, Any]:
        """Preselect the realm named in the address: ``/login/?realm=paper``."""
        return {"realm": Realm.PAPER} if self.request.GET.get("realm") == Realm.PAPER else {}

    def process_step(self, form: Form) -> None:
        """Keep the user whose password was right; keep no code."""
        if self.steps.current == self.AUTH_STEP:
            self._stop()
            super().process_step(form)

    def render_next_step(self, form: Any, **kwargs: Any) -> HttpResponse:
        """Send a request to the user's phones and show the waiting page; or, with no second factor, set up a Key."""
        if not form.user_cache.has_authenticator:
            return redirect("accounts:key-setup")
        if form.user_cache.has_phone:
            self._ask()
        response: HttpResponse = super().render_next_step(form, **kwargs)
        return response

    def render(self, form: Form | None = None, **kwargs: Any) -> HttpResponse:
        """Render the step, or the page of a pause that has just begun."""
        refusal = getattr(form, "refusal", None)
        if isinstance(refusal, Paused):
            return paused(self.request, refusal)
        response: HttpResponse = super(TwoFactorLoginView, self).render(form, **kwargs)
        response.status_code = status_of(form)
        return response

    def get_context_data(self, form: Form, **kwargs: Any) -> dict[str, Any]:
        """Add the realm, the refusal, and the request with its phones."""
        context: dict[str, Any] = super(TwoFactorLoginView, self).get_context_data(form, **kwargs)
        realm = form["realm"].value() if "realm" in form.fields else Realm.LIVE
        return context | {
            "is_paper": realm == Realm.PAPER,
            "refusal": getattr(form, "refusal", None),
            "ended": self.request.GET.get("ended", ""),
            "steps": [_("Password"), _("Key"), _("Done")],
            **self._waiting(),
            "passkey_site": site.host() if self.storage.takes_passkeys else "",
        }

    def render_done(self, form: Any, **kwargs: Any) -> HttpResponse:
        """Check the code and open the session, or show the refusal."""
        typed = form.cleaned_data
        if on_paper := typed["backup_code"]:
            return self._enter(
                form, lambda under_way: second_factors.by_backup_code(under_way, on_paper), "backup_code"
            )
        return self._enter(form, lambda under_way: second_factors.by_code(under_way, typed["otp_token"]), "otp_token")

    def get_redirect_url(self) -> str:
        """Return the page that was wanted, if it is one of ours and not this one, or an empty text."""
        wanted: str = super().get_redirect_url()
        path = unquote(urlsplit(wanted).path)
        return wanted if path.startswith("/") and path != self.request.path else ""

    def _enter(self, form: Any, way: second_factors.Way, field: str | None = None) -> HttpResponse:
        """Try this second factor; a refusal is shown at its field, or leads back to the start."""
        under_way = second_factors.UnderWay(self.request, self.storage.pending, self._reference(), clock.now())
        try:
            done = way(under_way)
        except (SignInTooSlow, RequestDenied) as refusal:
            return self._start_again(refusal)
        except Refusal as refusal:
            if isinstance(refusal, (RequestExpired, RequestOver)):
                self.storage.push_request = PushRequest()
            form.cleaned_data = {}
            form.refuse(refusal, field)
            return self.render(form)
        self.storage.reset()
        return remember(self.request, HttpResponseRedirect(self.get_success_url()), done)

    def _ask(self) -> None:
        """Send a request to the phones in place of the previous one; a refusal is shown on the page."""
        origin, now = client.origin(self.request), clock.now()
        before = self._reference()
        self.storage.push_request = self.storage.push_request or PushRequest()
        try:
            sent = push_approval.ask(pending=self.storage.pending, origin=origin, now=now, instead_of=before)
        except Refusal as refusal:
            self.why = refusal
        else:
            self.storage.push_request = PushRequest.of(sent)

    def _ask_again(self) -> HttpResponse:
        self._ask()
        if isinstance(self.why, SignInTooSlow):
            return self._start_again(self.why)
        refusal, response = self.why, self.render_goto_step(self.TOKEN_STEP)
        if isinstance(refusal, TooManyRequests):
            response.status_code = 429
            response["Retry-After"] = str(_seconds_until(refusal.until))
        return response

    def _reference(self) -> str:
        """Return the reference of the request sent, or an empty text."""
        return self.storage.push_request.reference if self.storage.push_request else ""

    def _stop(self) -> None:
        """Abandon this sign-in, and withdraw its push request."""
        if reference := self._reference():
            push_approval.withdraw(reference)
        self.storage.reset()

    def _start_again(self, why: Refusal) -> HttpResponse:
        self.storage.reset()
        self.why = why
        return self.render_goto_step(self.AUTH_STEP)

    def _waiting(self) -> dict[str, Any]:
        """Return what the page shows of the request: its phones, the number, until when."""
        asked, now = self.storage.push_request, clock.now()
        if asked is None:
            return {}
        until = datetime.fromtimestamp(asked.until, UTC)
        if until <= now:
            return {"asked": asked}
        phones = push_approval.phones_of(self.storage.pending.user_id)
        return {"asked": asked, "number": asked.number, "phones": phones, "until": until, "now": now}


def paused(request: HttpRequest, refusal: Paused) -> HttpResponse:
    """Say until when sign-in is paused, and what to do; the same page for every username (429)."""
    context = {"refusal": refusal, "until": refusal.until, "now": clock.now()}
    response = render(request, "accounts/paused.html", context, status=429)
    response["Retry-After"] = str(_seconds_until(refusal.until))
    return response


def _seconds_until(moment: datetime) -> int:
    return max(1, round((moment - clock.now()).total_seconds()))
