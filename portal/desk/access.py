"""Who may open the pages of one customer: staff who have said why, for half an hour."""

import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.actions.desk import looks
from accounts.actions.desk.looks import Look
from accounts.models import User
from accounts.refusals import Refusal
from portal.lib import clock

Page = Callable[..., HttpResponse]


def refusing(view: Page) -> Page:
    """Show a refusal as a page of the desk: 403."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            facts = {"cause": refusal.cause, "words": refusal.words()}
            return render(request, "desk/refused.html", facts, status=403)

    return guarded


def looking(view: Page) -> Page:
    """Give the view its look; one that is over, or somebody else's, leads back to the question why."""

    @refusing
    @functools.wraps(view)
    def guarded(request: HttpRequest, look: int, *args: Any, **kwargs: Any) -> HttpResponse:
        seen = looks.find(look, by=staff(request), now=clock.now())
        if seen is None:
            messages.info(request, _("This page was open for its half hour. Say again whom you want to see, and why."))
            return redirect("desk:find")
        return view(request, seen, *args, **kwargs)

    return guarded


def staff(request: HttpRequest) -> User:
    """Return the member of staff; the admin site has checked that it is one."""
    return cast("User", request.user)


def customer(seen: Look) -> User:
    """Return the customer of a look at somebody."""
    if seen.user is None:
        raise TypeError("nobody has that username")
    return seen.user
