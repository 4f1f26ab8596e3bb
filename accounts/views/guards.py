"""Who may see a page."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.actions import reauthentication, sessions
from accounts.cookies import REFUSED_NETWORK
from accounts.request_types import SignedInRequest
from portal.lib import clock
from portal.lib.http_methods import is_post_only

P = ParamSpec("P")
Page = Callable[Concatenate[SignedInRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: Page[P]) -> View[P]:
    """Admit users who signed in with both factors, and count the visit as activity."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        known = who(request)
        if known is None:
            return to_sign_in(request)
        _visit(known)
        return view(known, *args, **kwargs)

    guarded.__dict__["who"] = "signed in"  # read by portal.url_inventory
    return cast("View[P]", guarded)


def freshly_proved(view: Page[P]) -> View[P]:
    """Admit users who gave both factors recently; ask others who are signed in to give them again.

    They return to the page afterwards. A form that was sent too late is not kept, and they are told so.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        known = who(request)
        if known is None:
            return to_sign_in(request)
        if reauthentication.is_fresh(known.session.current, now=clock.now()):
            _visit(known)
            return view(known, *args, **kwargs)
        wanted = request.get_full_path()
        if request.method not in {"GET", "HEAD"}:
            messages.warning(request, _("Nothing has been changed yet. Confirm it is you, then try again."))
            wanted = _page_or_nothing(request, wanted) or _page_or_nothing(request, request.headers.get("Referer", ""))
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': wanted or reverse('home:security')})}")

    guarded.__dict__["who"] = "signed in, confirmed a moment ago"
    return cast("View[P]", guarded)


def _visit(request: SignedInRequest) -> None:
    """Count the visit as activity, and tell times in the zone that the user has chosen, if they have."""
    sessions.touch(request.session.current, now=clock.now())
    if request.user.customer and request.user.zone:
        timezone.activate(request.user.zone)


def safe_next(request: HttpRequest) -> str:
    """Return the page named by ``next``, in the form or the address, or an empty text.

    Never a page of another host, never the current one, never an address that answers only POST.
    """
    wanted = _page_or_nothing(request, request.POST.get("next") or request.GET.get("next") or "")
    return wanted if unquote(urlsplit(wanted).path) != request.path else ""


def _page_or_nothing(request: HttpRequest, wanted: str) -> str:
    """Return path and query of an address of ours that shows a page, or an empty text."""
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(wanted)
    try:
        view = resolve(unquote(parts.path)).func
    except Resolver404:
        return ""
    return "" if is_post_only(view) else urlunsplit(("", "", parts.path, parts.query, ""))


def who(request: HttpRequest) -> SignedInRequest | None:
    """Return the same request if it is signed in with both factors, or None."""
    if request.user.is_authenticated and request.user.is_verified():
        return cast("SignedInRequest", request)
    return None


def to_sign_in(request: HttpRequest, wanted: str = "") -> HttpResponse:
    """Redirect to the sign-in page, with the reason if a session has ended, and back afterwards."""
    if getattr(request.session, "was_outside", False):
        response = redirect("accounts:blocked-network")
        REFUSED_NETWORK.write(response, user=0)
        return response
    query = {"next": wanted or request.get_full_path()} if request.method in {"GET", "HEAD"} else {}
    if getattr(request.session, "was_ended", False):
        query["ended"] = "yes"
    return redirect(f"{reverse('accounts:login')}?{urlencode(query)}" if query else "accounts:login")
