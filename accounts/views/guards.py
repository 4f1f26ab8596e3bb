"""Who may see a page."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actions import sessions
from portal.lib import clock

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: View[P]) -> View[P]:
    """Let in who signed in with both factors, and count the visit as activity."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_signed_in(request):
            return to_sign_in(request)
        sessions.touch(request.session.row, now=clock.now())
        return view(request, *args, **kwargs)

    guarded.who = "signed in"  # type: ignore[attr-defined]  # for portal_map
    return guarded


def is_signed_in(request: HttpRequest) -> bool:
    """Tell whether both factors were given."""
    return request.user.is_authenticated and request.user.is_verified()


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, saying why if a sign-in has ended, and back afterwards."""
    query = {"next": request.get_full_path()} if request.method in {"GET", "HEAD"} else {}
    if request.session.was_ended:
        query["ended"] = "yes"
    return redirect(f"{reverse('accounts:login')}?{urlencode(query)}" if query else "accounts:login")
