"""A password reset under way, for the browser that has its ticket."""

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.actions.sign_in.push_approval import SentRequest
from accounts.refusals import Refusal, RequestDenied
from accounts.views.told import Told
from portal.lib import clock
from recovery.actions.resets import rows, steps
from recovery.actions.resets.steps import Owned
from recovery.enums import ResetState
from recovery.models import PasswordReset
from recovery.refusals import ResetOver
from recovery.views.cookies import RESET

_PAGES = {
    ResetState.EMAIL: "recovery:reset-code",
    ResetState.DETAILS: "recovery:reset-details",
    ResetState.KEY: "recovery:reset-key",
    ResetState.PASSWORD: "recovery:reset-password",
    ResetState.DONE: "recovery:reset-done",
}
_STEPS = {
    ResetState.EMAIL: _("E-mail"),
    ResetState.DETAILS: _("Confirm it is you"),
    ResetState.KEY: _("Key"),
    ResetState.PASSWORD: _("New password"),
}


@dataclass(frozen=True)
class Reset:
    """A reset with its ticket, and what the phone was asked: reference, number, until when (seconds since 1970).

    ``told``: why the last step was refused.
    """

    row: PasswordReset
    ticket: str
    reference: str = ""
    number: str = ""
    until: float = 0
    told: Told | None = None

    @property
    def owned(self) -> Owned:
        """Return what every action needs."""
        return Owned(self.row, self.ticket)

    @property
    def page(self) -> str:
        """Return the URL name of the page for its state."""
        return _PAGES[ResetState(self.row.state)]

    def asking(self, sent: SentRequest | None) -> "Reset":
        """Return the same with a request that was sent to the phone."""
        if sent is None:
            return self
        request = sent.request
        return replace(self, reference=request.reference, number=sent.number, until=request.expires_at.timestamp())

    def telling(self, told: Told) -> HttpResponse:
        """Lead back to the page of the present step, which says why it was refused."""
        return replace(self, told=told).keep(redirect(self.page))

    def waiting(self) -> dict[str, Any]:
        """Return what the page shows of the request: the number, until when; nothing once its time is over."""
        until = datetime.fromtimestamp(self.until, UTC)
        return {"number": self.number, "until": until} if self.number and until > clock.now() else {}

    def frame(self) -> dict[str, Any]:
        """Return what every page of it shows."""
        at = list(_STEPS).index(ResetState(self.row.state)) + 1
        return {"reset": self.row, "steps": list(_STEPS.values()), "step": at, "now": clock.now()}

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Store it in the browser."""
        facts = {"ticket": self.ticket, "reference": self.reference, "number": self.number, "until": self.until}
        RESET.write(response, reset=self.row.pk, told=asdict(self.told) if self.told else None, **facts)
        return response


Page = Callable[[HttpRequest, Reset], HttpResponse]


def current(request: HttpRequest) -> Reset | None:
    """Return the reset of this browser's ticket, or None without one. One statement. Raises: ``ResetOver``."""
    facts = RESET.read(request)
    if not facts:
        return None
    row = rows.find(reset_id=facts["reset"], ticket=facts["ticket"], now=clock.now())
    told = Told(**facts["told"]) if facts["told"] else None
    return Reset(row, facts["ticket"], facts["reference"], facts["number"], facts["until"], told)


def resetting(*states: ResetState) -> Callable[[Page], Callable[[HttpRequest], HttpResponse]]:
    """Admit the browser that holds a ticket, while its reset is in one of these states.

    Otherwise it is redirected to the page where the reset is, or without a ticket to the start. A form of another
    reset, begun in another tab, is not taken for one of this. "Not me" on the phone ends it.
    """

    def decorate(view: Page) -> Callable[[HttpRequest], HttpResponse]:
        @functools.wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                found = current(request)
                if found is None:
                    return redirect("recovery:reset")
                if request.POST.get("reset", str(found.row.public_id)) != str(found.row.public_id):
                    return is_over(request, ResetOver(), found)
                return _shown(view, request, found) if found.row.state in states else redirect(found.page)
            except ResetOver as refusal:
                return _not_open(request, refusal)

        return guarded

    return decorate


def _shown(view: Page, request: HttpRequest, found: Reset) -> HttpResponse:
    try:
        return view(request, found)
    except RequestDenied as refusal:
        steps.stop(found.owned, now=clock.now())
        return is_over(request, refusal)


def _not_open(request: HttpRequest, refusal: ResetOver) -> HttpResponse:
    """Redirect to the current page if another tab has gone on with the reset; else say that it is over."""
    try:
        found = current(request)
    except ResetOver:
        found = None
    return redirect(found.page) if found else is_over(request, refusal)


def is_over(request: HttpRequest, refusal: Refusal, other: Reset | None = None) -> HttpResponse:
    """Say that the reset is over, and where to start again; ``other``: one that goes on in this browser."""
    facts = {"refusal": refusal, "other": other.page if other else ""}
    response = render(request, "recovery/reset_over.html", facts, status=409)
    if other is None:
        RESET.drop(response)
    return response
