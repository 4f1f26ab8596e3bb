"""Signing in: password, then Key code, on two_factor's log-in view."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from two_factor.views import LoginView as TwoFactorLoginView

from accounts.actions import key, sign_in
from accounts.enums import Realm
from accounts.forms.fields import status_of
from accounts.forms.sign_in import CodeForm, PasswordForm
from accounts.refusals import Paused, Refusal, SignInTooSlow
from accounts.views.session_opening import open_session, remember
from portal.lib import clock


class LoginView(TwoFactorLoginView):
    """Two steps, one address. A session starts only when both factors are right."""

    template_name = "accounts/login.html"
    form_list = (("auth", PasswordForm), ("token", CodeForm))
    condition_dict = {"token": lambda view: view.storage.pending is not None}
    storage_name = "accounts.views.pending.PendingStorage"
    redirect_authenticated_user = True
    show_timeout_error: bool

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a code that comes without a right password, or too late, back to the start."""
        step = self.request.POST.get(f"{self.prefix}-current_step", "").strip()
        if step == self.TOKEN_STEP and self.storage.pending is None:
            return self._start_again()
        return super(TwoFactorLoginView, self).post(*args, **kwargs)

    def get_form(self, step: str | None = None, **kwargs: Any) -> Any:
        """Return the step's form; ours need no device."""
        form = super(TwoFactorLoginView, self).get_form(step=step, **kwargs)
        if self.show_timeout_error:
            self.show_timeout_error = False
            form.cleaned_data = {}
            form.refuse(SignInTooSlow())
        return form

    def get_form_initial(self, step: str) -> dict[str, Any]:
        """Open the door the address names: ``/login/?realm=paper``."""
        return {"realm": Realm.PAPER} if self.request.GET.get("realm") == Realm.PAPER else {}

    def process_step(self, form: Form) -> None:
        """Keep whose password was right; keep no code."""
        if self.steps.current == self.AUTH_STEP:
            super().process_step(form)

    def render(self, form: Form | None = None, **kwargs: Any) -> HttpResponse:
        """Render the step, or the page of a pause that has begun."""
        refusal = getattr(form, "refusal", None)
        if isinstance(refusal, Paused):
            return paused(self.request, refusal)
        response: HttpResponse = super(TwoFactorLoginView, self).render(form, **kwargs)
        response.status_code = status_of(form)
        return response

    def get_context_data(self, form: Form, **kwargs: Any) -> dict[str, Any]:
        """Give the page the door and the refusal."""
        context: dict[str, Any] = super(TwoFactorLoginView, self).get_context_data(form, **kwargs)
        realm = form["realm"].value() if "realm" in form.fields else Realm.LIVE
        return context | {
            "is_paper": realm == Realm.PAPER,
            "refusal": getattr(form, "refusal", None),
            "ended": self.request.GET.get("ended", ""),
            "steps": [_("Password"), _("Key"), _("Done")],
        }

    def render_done(self, form: Any, **kwargs: Any) -> HttpResponse:
        """Check the code and open the session, or show why not."""
        try:
            done = self._open_session(self.storage.pending, form.cleaned_data["otp_token"])
        except SignInTooSlow:
            return self._start_again()
        except Refusal as refusal:
            form.refuse(refusal, "otp_token")
            return self.render(form)
        self.storage.reset()
        return remember(self.request, HttpResponseRedirect(self.get_success_url()), done)

    def get_redirect_url(self) -> str:
        """Return the page one was going to, if it is a page of ours and not this one, or the empty text."""
        wanted: str = super().get_redirect_url()
        path = unquote(urlsplit(wanted).path)
        return wanted if path.startswith("/") and path != self.request.path else ""

    def _start_again(self) -> HttpResponse:
        self.storage.reset()
        self.show_timeout_error = True
        return self.render_goto_step(self.AUTH_STEP)

    def _open_session(self, pending: sign_in.Pending, code: str) -> sign_in.SignedIn:
        now = clock.now()
        attempt = sign_in.reserve_code(pending, now=now)
        with transaction.atomic():
            used = key.use_code(
                user_id=pending.user_id,
                auth_epoch=pending.auth_epoch,
                proved_at=pending.proved_at,
                code=code,
                attempt=attempt,
                now=now,
            )
            return open_session(self.request, used, lane=pending.lane, now=now)


def paused(request: HttpRequest, refusal: Paused) -> HttpResponse:
    """Say until when sign-in is paused, and the ways on; the same page for every name (429)."""
    now = clock.now()
    context = {"refusal": refusal, "until": refusal.until, "now": now}
    response = render(request, "accounts/paused.html", context, status=429)
    response["Retry-After"] = str(max(1, round((refusal.until - now).total_seconds())))
    return response
