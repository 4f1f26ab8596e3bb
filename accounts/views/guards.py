"""Who may see a page."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actions import sessions
from accounts.requests import SignedInRequest
from portal.lib import clock

P = ParamSpec("P")
Page = Callable[Concatenate[SignedInRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: Page[P]) -> View[P]:
    """Let in who signed in with both factors, and count the visit as activity."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        known = who(request)
        if known is None:
            return to_sign_in(request)
        sessions.touch(known.session.current, now=clock.now())
        return view(known, *args, **kwargs)

    guarded.__dict__["who"] = "signed in"  # read by portal_map
    return cast("View[P]", guarded)


def who(request: HttpRequest) -> SignedInRequest | None:
    """Return the same request, known to be signed in with both factors, or None."""
    if request.user.is_authenticated and request.user.is_verified():
        return cast("SignedInRequest", request)
    return None


def to_sign_in(request: HttpRequest, wanted: str = "") -> HttpResponse:
    """Send to the sign-in page, saying why if a sign-in has ended, and back afterwards."""
    query = {"next": wanted or request.get_full_path()} if request.method in {"GET", "HEAD"} else {}
    if getattr(request.session, "was_ended", False):
        query["ended"] = "yes"
    return redirect(f"{reverse('accounts:login')}?{urlencode(query)}" if query else "accounts:login")
