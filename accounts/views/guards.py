"""Who may see a page."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeGuard
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actions import sessions
from accounts.models import PlatformSession, User
from accounts.sessions import SessionStore
from portal.lib import clock

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request behind a guard: its user gave both factors, its session has a row."""

    user: User
    session: "OpenSession"


class OpenSession(SessionStore):
    """A session whose row was found."""

    row: PlatformSession


View = Callable[Concatenate[SignedInRequest, P], HttpResponse]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: View[P]) -> Guarded[P]:
    """Let in who signed in with both factors, and count the visit as activity."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_signed_in(request):
            return to_sign_in(request)
        sessions.touch(request.session.row, now=clock.now())
        return view(request, *args, **kwargs)

    guarded.who = "signed in"  # type: ignore[attr-defined]  # for portal_map
    return guarded


def is_signed_in(request: HttpRequest) -> TypeGuard[SignedInRequest]:
    """Tell whether both factors were given."""
    return request.user.is_authenticated and request.user.is_verified()  # type: ignore[attr-defined]  # django-otp's


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, saying why if a sign-in has ended, and back afterwards."""
    query = {"next": request.get_full_path()} if request.method in {"GET", "HEAD"} else {}
    if request.session.was_ended:  # type: ignore[attr-defined]  # SessionStore
        query["ended"] = "yes"
    return redirect(f"{reverse('accounts:login')}?{urlencode(query)}" if query else "accounts:login")
