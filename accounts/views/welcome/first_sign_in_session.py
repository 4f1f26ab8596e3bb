"""A first sign-in under way, for the browser that has its ticket."""

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.actions.first_sign_in import rows
from accounts.actions.first_sign_in.steps import Owned
from accounts.cookies import EncryptedCookie
from accounts.enums import FirstSignInState
from accounts.models import FirstSignIn
from accounts.views.told import Told
from accounts.welcome_refusals import FirstSignInOver
from portal.lib import clock

WELCOME = EncryptedCookie("welcome", minutes=60)  # a first sign-in, whose own time limit is shorter
_PAGES = {
    FirstSignInState.DETAILS: "accounts:welcome-details",
    FirstSignInState.EMAIL: "accounts:welcome-code",
    FirstSignInState.PASSWORD: "accounts:welcome-password",
    FirstSignInState.DONE: "accounts:key-setup-pair",  # goes on with the Key, or leads to the sign-in page
}
_STEPS = {
    FirstSignInState.DETAILS: _("Confirm it is you"),
    FirstSignInState.EMAIL: _("E-mail"),
    FirstSignInState.PASSWORD: _("Password"),
    FirstSignInState.DONE: _("Key"),
}


@dataclass(frozen=True)
class Welcome:
    """A first sign-in with its ticket. ``told``: why the last step was refused."""

    row: FirstSignIn
    ticket: str
    told: Told | None = None

    @property
    def owned(self) -> Owned:
        """Return what every action needs."""
        return Owned(self.row, self.ticket)

    @property
    def page(self) -> str:
        """Return the URL name of the page for its state."""
        return _PAGES[FirstSignInState(self.row.state)]

    def telling(self, told: Told) -> HttpResponse:
        """Lead back to the page of the present step, which says why it was refused."""
        return replace(self, told=told).keep(redirect(self.page))

    def frame(self) -> dict[str, Any]:
        """Return what every page of it shows."""
        at = list(_STEPS).index(FirstSignInState(self.row.state)) + 1
        return {"welcome": self.row, "steps": list(_STEPS.values()), "step": at}

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Store it in the browser."""
        WELCOME.write(response, row=self.row.pk, ticket=self.ticket, told=asdict(self.told) if self.told else None)
        return response


Page = Callable[[HttpRequest, Welcome], HttpResponse]


def current(request: HttpRequest) -> Welcome | None:
    """Return the first sign-in of this browser's ticket, or None without one. One statement.

    Raises: ``FirstSignInOver``.
    """
    facts = WELCOME.read(request)
    if not facts:
        return None
    row = rows.find(row_id=facts["row"], ticket=facts["ticket"], now=clock.now())
    return Welcome(row, facts["ticket"], Told(**facts["told"]) if facts["told"] else None)


def arriving(state: FirstSignInState) -> Callable[[Page], Callable[[HttpRequest], HttpResponse]]:
    """Admit the browser that holds a ticket, while its first sign-in is in this state.

    Otherwise it is redirected to the page where that is, or without a ticket to the start. A form of another one,
    begun in another tab, is not taken for one of this.
    """

    def decorate(view: Page) -> Callable[[HttpRequest], HttpResponse]:
        @functools.wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                found = current(request)
                if found is None:
                    return redirect("accounts:welcome")
                if request.POST.get("welcome", str(found.row.public_id)) != str(found.row.public_id):
                    return is_over(request, FirstSignInOver(), found)
                return view(request, found) if found.row.state == state else redirect(found.page)
            except FirstSignInOver as refusal:
                return _not_open(request, refusal)

        return guarded

    return decorate


def _not_open(request: HttpRequest, refusal: FirstSignInOver) -> HttpResponse:
    """Redirect to the current page if another tab has gone on with it; else say that it is over."""
    try:
        found = current(request)
    except FirstSignInOver:
        found = None
    return redirect(found.page) if found else is_over(request, refusal)


def is_over(request: HttpRequest, refusal: FirstSignInOver, other: Welcome | None = None) -> HttpResponse:
    """Say that it is over, and where to start again; ``other``: one that goes on in this browser."""
    facts = {"refusal": refusal, "other": other.page if other else ""}
    response = render(request, "accounts/welcome/over.html", facts, status=409)
    if other is None:
        WELCOME.drop(response)
    return response
