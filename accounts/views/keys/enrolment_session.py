"""An enrolment on the web, for the browser that has its ticket."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.actions import sessions
from accounts.actions.keys.enrolment import rows, steps
from accounts.cookies import EncryptedCookie
from accounts.enums import EnrolmentPurpose, EnrolmentState
from accounts.models import Enrolment, User
from accounts.refusals import EnrolmentOver, Refusal, Suspended
from accounts.views.guards import to_sign_in, who
from portal.lib import client, clock, digests

TICKET = EncryptedCookie("key-setup", minutes=30)  # enrolment, ticket and the pairing code being shown
PAGES = {
    EnrolmentState.EMAIL: "accounts:key-setup-code",
    EnrolmentState.DETAILS: "accounts:key-setup-details",
    EnrolmentState.OPEN: "accounts:key-setup-pair",
    EnrolmentState.CLAIMED: "accounts:key-setup-pair",
    EnrolmentState.MATCHED: "accounts:key-setup-pair",
    EnrolmentState.DONE: "accounts:key-setup-done",
}


@dataclass(frozen=True)
class SetUp:
    """An enrolment with the ticket of the browser that began it."""

    enrolment: Enrolment
    ticket: str
    pairing_code: str
    next: str = ""  # the page that was wanted when the sign-in led here
    proved_by: str = ""  # what has proved the identity before, if the pages for that were left out

    @property
    def owned(self) -> dict[str, Any]:
        """Return the arguments that identify the beginning side to each action."""
        return {"enrolment": self.enrolment, "binding": self.ticket, "now": clock.now()}

    @property
    def page(self) -> str:
        """Return the URL name of the page for its state."""
        return PAGES[EnrolmentState(self.enrolment.state)]

    def frame(self, place: str) -> dict[str, Any]:
        """Return what every page of it shows; ``place``: the current step, one of those below."""
        is_first = self.enrolment.purpose == EnrolmentPurpose.FIRST
        names = {"code": _("E-mail"), "details": _("Confirm it is you"), "pair": _("Phone"), "done": _("Test")}
        if self.proved_by:
            names = {"pair": names["pair"], "done": names["done"]}
        elif not is_first:
            del names["details"]
        return {
            "enrolment": self.enrolment,
            "is_first": is_first,
            "proved_by": self.proved_by,
            "layout": "base.html" if is_first else "base_signed_in.html",
            "steps": list(names.values()),
            "step": list(names).index(place) + 1,
            "now": clock.now(),
        }

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Store the ticket in the browser."""
        facts = {"enrolment": self.enrolment.pk, "ticket": self.ticket, "pairing_code": self.pairing_code}
        TICKET.write(response, **facts, next=self.next, proved_by=self.proved_by)
        return response


Page = Callable[[HttpRequest, SetUp], HttpResponse]
View = Callable[[HttpRequest], HttpResponse]


def begin_proved(request: HttpRequest, user: User, *, proved_by: str) -> HttpResponse:
    """Begin the first Key of a user whose identity was proved on the page before; redirect to the pairing page.

    Raises: as ``steps.begin``.
    """
    ticket, now = digests.random_ticket(), clock.now()
    begun = steps.begin(
        user=user,
        purpose=EnrolmentPurpose.FIRST,
        binding=ticket,
        proved_by=proved_by,
        origin=client.origin(request),
        now=now,
    )
    return go_on(SetUp(begun, ticket, "", proved_by=proved_by), begun)


def go_on(setup: SetUp, moved: Enrolment) -> HttpResponse:
    """Redirect to the page of an enrolment that has moved; to the pairing page with a code to pair."""
    setup = replace(setup, enrolment=moved, pairing_code="")
    if moved.state == EnrolmentState.OPEN:
        setup = replace(setup, pairing_code=steps.renew_pairing_code(**setup.owned))
    return setup.keep(redirect(setup.page))


def setting_up(*pages: str) -> Callable[[Page], View]:
    """Admit the browser that holds a ticket, while its enrolment is at one of these pages.

    Otherwise it is redirected to the enrolment's current page, or without a ticket to the start. A further Key is set
    up only while its owner is signed in.
    """

    def decorate(view: Page) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                found = current_setup(request)
                if found is None:
                    return redirect("accounts:key-setup")
                if not _is_owner_here(request, found.enrolment):
                    return to_sign_in(request)
                return view(request, found) if found.page in pages else redirect(found.page)
            except (EnrolmentOver, Suspended) as refusal:
                return _not_open(request, refusal)

        return guarded

    return decorate


def current_setup(request: HttpRequest) -> SetUp | None:
    """Return the enrolment of this browser's ticket, or None without one. One statement. Raises: ``EnrolmentOver``."""
    facts = TICKET.read(request)
    if not facts:
        return None
    enrolment = rows.find(enrolment_id=facts["enrolment"], ticket=facts["ticket"], now=clock.now())
    also = {name: facts.get(name, "") for name in ("next", "proved_by")}
    return SetUp(enrolment, facts["ticket"], facts["pairing_code"], **also)


def _not_open(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Redirect to the current page if another tab has moved the enrolment on; else say that it is over."""
    try:
        found = current_setup(request) if isinstance(refusal, EnrolmentOver) else None
    except EnrolmentOver:
        found = None
    return redirect(found.page) if found else is_over(request, refusal)


def is_over(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say that the enrolment is over, and where to start again."""
    response = render(request, "accounts/key_setup_over.html", {"refusal": refusal}, status=409)
    TICKET.drop(response)
    return response


def _is_owner_here(request: HttpRequest, enrolment: Enrolment) -> bool:
    if enrolment.purpose == EnrolmentPurpose.FIRST:
        return True
    known = who(request)
    if known is None or known.user.pk != enrolment.user_id:
        return False
    sessions.touch(known.session.current, now=clock.now())
    return True
