"""Setting up again, once the grant is open: a new password, then a new Key; both change at the end, or neither.

What was chosen waits in the browser's encrypted cookie: the password as its hash, the ticket of the enrolment.
"""

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.keys.enrolment import rows, steps
from accounts.actions.password import Prepared
from accounts.enums import EnrolmentState
from accounts.forms.enrolment import NewAppForm, NewKeyForm
from accounts.forms.password import NewPasswordForm
from accounts.models import Enrolment
from accounts.refusals import EnrolmentOver, PasswordUsedBefore, Refusal
from accounts.views import refusal_responses
from accounts.views.keys import pairing
from portal.lib import client, clock, digests
from portal.lib.http_methods import require_POST
from recovery.actions import completion, grants
from recovery.actions.completion import NewKey
from recovery.models import Claim, RecoveryGrant
from recovery.refusals import CaseNotOpen, GrantInvalid
from recovery.views.claim_access import claim_of, open_page
from recovery.views.cookies import SET_UP

STEPS = (_("Set-up code"), _("Password"), _("Key"), _("Sign in"))
_PASSWORD, _KEY = "recovery:set-up", "recovery:set-up-key"
_URLS = {
    "here": _KEY,
    "state_url": "recovery:set-up-state",
    "renew_url": "recovery:set-up-renew",
    "match_url": "recovery:set-up-match",
    "stop_url": "recovery:leave-set-up",
}


@dataclass(frozen=True)
class SetUp:
    """An open grant in its browser, and what was chosen there so far."""

    grant: RecoveryGrant
    ticket: str
    prepared: Prepared | None = None
    enrolment: Enrolment | None = None
    pairing_code: str = ""

    @property
    def owned(self) -> dict[str, Any]:
        """Return the arguments that identify this browser to the actions of an enrolment."""
        return {"enrolment": self.enrolment, "binding": self.ticket, "now": clock.now()}

    def frame(self, step: int) -> dict[str, Any]:
        """Return what both pages show."""
        return {
            "steps": STEPS,
            "step": step,
            "username": self.grant.subject.username,
            "until": self.grant.finish_until,
            "now": clock.now(),
        }

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Store it in the browser."""
        SET_UP.write(
            response,
            claim=self.grant.claim_id,
            grant=self.grant.pk,
            ticket=self.ticket,
            prepared=asdict(self.prepared) if self.prepared else None,
            enrolment=self.enrolment.pk if self.enrolment else 0,
            pairing_code=self.pairing_code,
        )
        return response


Page = Callable[[HttpRequest, SetUp], HttpResponse]
View = Callable[[HttpRequest], HttpResponse]


def opened(grant: RecoveryGrant) -> HttpResponse:
    """Lead to the first page, in the browser that has just entered both parts of the grant."""
    return SetUp(grant, digests.random_ticket()).keep(redirect(_PASSWORD))


def setting_up(view: Page) -> View:
    """Admit the browser of an open grant; elsewhere say that it is used, revoked or expired."""

    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            return view(request, _found(request))
        except (GrantInvalid, CaseNotOpen) as refusal:
            return _over(request, refusal)

    return guarded


def _over(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Lead a page that looks again after its set-up was finished to the case; to all else, say that it is over.

    The page of the Key asks for its state every two seconds, also while the last press is on its way.
    """
    done = _finished(request) if request.method in {"GET", "HEAD"} else None
    response = (
        redirect("recovery:status") if done else render(request, "recovery/grant_over.html", {"refusal": refusal})
    )
    SET_UP.drop(response)
    if done:
        open_page(response, done)
    return response


def _finished(request: HttpRequest) -> Claim | None:
    """Return the claim whose set-up was finished in this browser: its cookie is there until the last answer arrives."""
    used = RecoveryGrant.objects.filter(pk=SET_UP.read(request).get("grant", 0), used_at__isnull=False)
    grant = used.select_related("claim").first()
    if grant is not None:
        return grant.claim
    claim = claim_of(request)
    return claim if claim and RecoveryGrant.objects.filter(claim=claim, used_at__isnull=False).exists() else None


def with_key(view: Page) -> View:
    """Admit the same once a password was chosen; an enrolment that another tab has moved on shows its present state."""

    @setting_up
    @functools.wraps(view)
    def guarded(request: HttpRequest, found: SetUp) -> HttpResponse:
        if found.prepared is None or found.enrolment is None:
            return redirect(_PASSWORD)
        try:
            return view(request, found)
        except EnrolmentOver:
            return redirect(_KEY)

    return guarded


def _found(request: HttpRequest) -> SetUp:
    """Return the set-up of this browser. Two statements. Raises: ``GrantInvalid``."""
    facts, now = SET_UP.read(request), clock.now()
    grant = grants.find_open(grant_id=facts.get("grant", 0), now=now)
    prepared = Prepared(**facts["prepared"]) if facts["prepared"] else None
    found = SetUp(grant, facts["ticket"], prepared, pairing_code=facts["pairing_code"])
    try:
        enrolment = rows.find(enrolment_id=facts["enrolment"], ticket=found.ticket, now=now)
    except EnrolmentOver:
        return found
    return replace(found, enrolment=enrolment)


@require_http_methods(["GET", "HEAD", "POST"])
@setting_up
def password(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Choose a new password."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _chosen(request, found, form.cleaned_data["new_password"])
        except GrantInvalid:
            raise
        except Refusal as refusal:
            form.refuse(refusal, None if refusal.is_flood else "new_password")
    facts = found.frame(2)
    facts |= {"password_min": settings.PORTAL_PASSWORD_MIN, "password_classes": settings.PORTAL_PASSWORD_CLASSES}
    return refusal_responses.page(request, "recovery/set_up.html", form=form, **facts)


def _chosen(request: HttpRequest, found: SetUp, typed: str) -> HttpResponse:
    now = clock.now()
    found = replace(found, prepared=completion.choose_password(grant=found.grant, new_password=typed, now=now))
    if found.enrolment is None:
        begun = completion.begin_key(grant=found.grant, ticket=found.ticket, origin=client.origin(request), now=now)
        found = replace(found, enrolment=begun)
        found = replace(found, pairing_code=steps.renew_pairing_code(**found.owned))
    return found.keep(redirect(_KEY))


@require_http_methods(["GET", "HEAD", "POST"])
@with_key
def key(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Pair the phone, compare the numbers, and finish with a code of the new Key."""
    enrolment = _enrolment(found)
    form_of = NewAppForm if enrolment.state == EnrolmentState.OPEN else NewKeyForm
    form = form_of(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _completed(request, found, form.cleaned_data)
        except (GrantInvalid, CaseNotOpen, EnrolmentOver):
            raise
        except PasswordUsedBefore:
            return redirect(_PASSWORD)  # another request has set it meanwhile
        except Refusal as refusal:
            form.refuse(refusal, "code")
    urls = {name: reverse(page) for name, page in _URLS.items()}
    facts = found.frame(3) | pairing.facts_of(enrolment, found.pairing_code) | urls
    return refusal_responses.page(request, "recovery/set_up_key.html", form=form, enrolment=enrolment, **facts)


def _enrolment(found: SetUp) -> Enrolment:
    if found.enrolment is None:
        raise EnrolmentOver
    return found.enrolment


def _completed(request: HttpRequest, found: SetUp, typed: dict[str, str]) -> HttpResponse:
    if found.prepared is None:
        raise EnrolmentOver
    completion.complete(
        grant=found.grant,
        prepared=found.prepared,
        key=NewKey(_enrolment(found), found.ticket, **typed),
        origin=client.origin(request),
        now=clock.now(),
    )
    response = redirect("recovery:status")
    SET_UP.drop(response)
    open_page(response, found.grant.claim)
    return response


@require_POST
@with_key
def renew(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Show a new pairing code; the older one, and a pairing whose answer the phone missed, no longer work."""
    fresh = steps.renew_pairing_code(**found.owned)
    return replace(found, pairing_code=fresh).keep(redirect(_KEY))


@require_POST
@with_key
def match(request: HttpRequest, found: SetUp) -> HttpResponse:
    """Confirm that the phone shows the same number."""
    steps.match(origin=client.origin(request), **found.owned)
    return redirect(_KEY)


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Return the state of the pairing; polling is not activity."""
    try:
        found = _found(request).enrolment
    except GrantInvalid:
        found = None
    return JsonResponse({"state": found.state if found else EnrolmentState.ENDED})
