"""The first step of signing in, `/login/`: username and password. See docs/decisions/0002 and 0007."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import axes_handler
from accounts.actions.sign_in import known_browsers
from accounts.actions.sign_in.check_password import Pending, check_password
from accounts.enums import Realm
from accounts.forms.fields import status_of
from accounts.forms.sign_in import PasswordForm
from accounts.refusals import Paused, Refusal, RequestDenied, SignInTooSlow
from accounts.repeated_posts import may_change
from accounts.views.guards import safe_next, who
from accounts.views.sign_in import pending_sign_in
from accounts.views.sign_in.push_request import ask_phone
from helpcenter import causes
from portal.lib import client, clock, site

_STARTED_AGAIN = (SignInTooSlow.code, RequestDenied.code)  # what may have led back here


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with username and password, then a Key."""
    if who(request):
        return redirect(safe_next(request) or "home:dashboard")
    form = PasswordForm(request.POST if request.method == "POST" else None, initial=_initial(request))
    if not form.is_valid():
        return _page(request, form)
    now = clock.now()
    try:
        pending = _checked(request, form, now=now)
        return _go_on(request, pending_sign_in.begin(pending, wanted=safe_next(request)), now=now)
    except Paused as refusal:
        return paused(request, refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, form)


def _checked(request: HttpRequest, form: PasswordForm, *, now: datetime) -> Pending:
    """Check what was typed; a refusal is also told to integrators, by Django's and axes' signals."""
    browser, origin = known_browsers.cookie_of(request), client.origin(request)
    try:
        return check_password(**form.given, browser=browser, origin=origin, now=now)
    except Refusal as refusal:
        axes_handler.send_refused(request, form.given["username"], refusal)
        raise


def _go_on(request: HttpRequest, begun: pending_sign_in.PendingSignIn, *, now: datetime) -> HttpResponse:
    """Lead to the second factor, having asked the phone; or, without any, to setting up a Key.

    Raises: ``SignInTooSlow`` if the password has opened another sign-in meanwhile.
    """
    if not begun.pending.has_authenticator:
        response = redirect(begun.set_up_url)
    else:
        if begun.pending.has_phone:
            begun = ask_phone(request, begun, now=now)
        response = redirect(begun.url)
    pending_sign_in.make_room(request, response)
    return begun.store(response)


def _page(request: HttpRequest, form: PasswordForm) -> HttpResponse:
    because = request.GET.get("because", "")
    back = causes.get(because) if because in _STARTED_AGAIN else None
    if not form.is_bound and not request.GET.keys() & {"because", "ended"}:
        form.fields["username"].widget.attrs["autofocus"] = True
    facts = {
        "form": form,
        "is_paper": form["realm"].value() == Realm.PAPER,
        "refusal": form.refusal,
        "next": safe_next(request),
        "ended": request.GET.get("ended", ""),
        "because": back,
        "problems": [("", back.words())] if back else [],
        "passkey_site": site.host(),
    }
    return render(request, "accounts/sign_in.html", facts, status=status_of(form))


def _initial(request: HttpRequest) -> dict[str, str]:
    """Preselect the realm named in the address: ``/login/?realm=paper``."""
    return {"realm": Realm.PAPER if request.GET.get("realm") == Realm.PAPER else Realm.LIVE}


def paused(request: HttpRequest, refusal: Paused) -> HttpResponse:
    """Say until when sign-in is paused, and what to do; the same page for every username (429)."""
    now = clock.now()
    context = {"refusal": refusal, "until": refusal.until, "now": now}
    response = render(request, "accounts/paused.html", context, status=429)
    response["Retry-After"] = str(max(1, round((refusal.until - now).total_seconds())))
    return may_change(response)
