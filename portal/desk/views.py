"""The desk's page of one customer: whether they can sign in, why not, and what helps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.desk import diagnosis, facts, looks
from accounts.actions.desk.looks import Look
from accounts.actions.networks import requests
from accounts.actions.welcome import letters
from accounts.desk_refusals import RoleMissing
from accounts.models import Mandate, PlatformSession, Report, User
from accounts.policies import masks
from accounts.refusals import Refusal
from accounts.views import refusal_responses
from helpcenter import causes
from portal.audit.models import SecurityEvent
from portal.desk import steps
from portal.desk import work as work_facts
from portal.desk.access import customer, looking, refusing, staff
from portal.desk.forms import LookForm
from portal.home import activity
from portal.lib import client, clock

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_EVENTS, MOST_REPORTS, MOST_SESSIONS = 12, 5, 20


@dataclass(frozen=True)
class AdminPage:
    """What is done on a page of the admin: its name as a diagnosis has it, icon, words and address."""

    name: str
    icon: str
    title: "StrOrPromise"
    address: str


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """See what waits at the desk, and where everything is."""
    user = staff(request)
    form = LookForm() if looks.may_look(user) else None
    lists = admin.site.get_app_list(request)
    return render(
        request, "desk/work.html", work_facts.facts_of(user, now=clock.now()) | {"form": form, "lists": lists}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@refusing
def find(request: HttpRequest) -> HttpResponse:
    """Open the page of one customer, by whole username and with a reason."""
    if not looks.may_look(request.user):
        raise RoleMissing
    form = LookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            origin = client.origin(request)
            seen = looks.look(**form.cleaned_data, by=staff(request), origin=origin, now=clock.now())
            return redirect("desk:customer", seen.pk)
        except Refusal as refusal:
            if not refusal.is_flood:
                raise
            form.refuse(refusal)
    return refusal_responses.page(request, "desk/find.html", form=form)


@require_safe
@looking
def show(request: HttpRequest, seen: Look) -> HttpResponse:
    """See whether one customer can sign in, and why not."""
    if seen.user is None:
        return render(request, "desk/nobody.html", {"look": seen}, status=404)
    user, by, now = seen.user, staff(request), clock.now()
    known = facts.gather(user, now=now)
    found = diagnosis.diagnose(known, now=now)
    about = {
        "look": seen,
        "now": now,
        "facts": known,
        "diagnosis": found,
        "cause": causes.get(found.code) if found.code else None,
        "checks": diagnosis.checks(known, now=now),
        "may_help": looks.may_help(by),
    }
    about |= _ways_to_help(seen, by, found.step, now=now)
    return render(request, "desk/customer.html", about | _beside(seen, by))


def _ways_to_help(seen: Look, by: User, helpful: str, *, now: datetime) -> dict[str, object]:
    """Return what can be done for the customer, and of it what helps, by the name that the diagnosis gives."""
    offered, pages = steps.offered(seen, by, now=now), list(_admin_pages(customer(seen), by))
    ways: list[steps.Step | AdminPage] = [*offered, *pages]
    helps = next((way for way in ways if way.name == helpful), None)
    return {"offered": offered, "pages": pages, "helps": helps}


def _admin_pages(user: User, by: User) -> Iterator[AdminPage]:
    """Yield the pages of the admin that are this person's to use for the customer."""
    if letters.may_ask(by, user) and letters.openable().filter(pk=user.pk).exists():
        page = reverse("admin:accounts_welcomeletter_ask", args=[user.pk])
        yield AdminPage("letter", "mail", _("Send a new welcome letter"), page)
    if requests.may_verify(by, user):
        page = reverse("admin:accounts_networkrequest_ask", args=[user.pk])
        yield AdminPage("networks", "globe", _("Ask for other networks"), page)


def _beside(seen: Look, by: User) -> dict[str, object]:
    """Return what the page shows besides the answer: sessions, events, reports, contact."""
    user, now = customer(seen), clock.now()
    is_shown = looks.is_contact_shown(seen)
    return {
        "sessions": PlatformSession.objects.filter(user=user, ends_at__gt=now).order_by("-active_at")[:MOST_SESSIONS],
        "lines": list(activity.lines_of(user, _events(user)[:MOST_EVENTS])),
        "reports": Report.objects.filter(user=user).order_by("-created_at")[:MOST_REPORTS],
        "accounts": Mandate.objects.filter(user=user).count(),
        "is_shown": is_shown,
        "contact": _contact(user, is_shown=is_shown),
    }


def _events(user: User) -> QuerySet[SecurityEvent]:
    """Return what happened, newest first, without recoveries: those who work on cases must not know whose they are."""
    return activity.events_of(user, now=clock.now()).exclude(action__startswith="case_")


def _contact(user: User, *, is_shown: bool) -> dict[str, str]:
    """Return how the customer is reached, masked until it was asked for."""
    person = user.customer
    if person is None:
        return {"name": "", "email": "", "phone": ""}
    names = (person.given_name, person.middle_name, person.family_name)
    return {
        "name": " ".join(filter(None, names if is_shown else map(masks.name, names))),
        "email": user.email if is_shown else masks.email(user.email),
        "phone": person.phone if is_shown else masks.tail(person.phone, 2),
    }


@require_POST
@looking
def contact(request: HttpRequest, seen: Look) -> HttpResponse:
    """Show name, e-mail address and phone number."""
    if seen.user is None:
        raise Http404
    looks.show_contact(seen=seen, by=staff(request), origin=client.origin(request), now=clock.now())
    return redirect(f"{reverse('desk:customer', args=[seen.pk])}#contact")


@require_http_methods(["GET", "HEAD", "POST"])
@looking
def help_out(request: HttpRequest, seen: Look, step: str, key: int = 0) -> HttpResponse:
    """Do one thing for the customer, with a reason and a Key code."""
    taken = steps.find(step, seen, key)
    if taken is None or not looks.may_help(staff(request)):
        raise Http404 if taken is None else RoleMissing
    answer = steps.take(request, taken, seen)
    if isinstance(answer, HttpResponse):
        return answer
    back = reverse("desk:customer", args=[seen.pk])
    return refusal_responses.page(request, "desk/step.html", form=answer, step=taken, look=seen, back=back)
