"""The desk's page of one customer: whether they can sign in, why not, and what helps."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
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

MOST_EVENTS, MOST_REPORTS, MOST_SESSIONS = 12, 5, 20


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
    offered = steps.offered(seen, by, now=now)
    about = {
        "look": seen,
        "now": now,
        "facts": known,
        "diagnosis": found,
        "cause": causes.get(found.code) if found.code else None,
        "checks": diagnosis.checks(known, now=now),
        "offered": offered,
        "helps": next((step for step in offered if step.name == found.step), None),
        "may_help": looks.may_help(by),
    }
    return render(request, "desk/customer.html", about | _beside(seen, by) | _elsewhere(user, by))


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


def _elsewhere(user: User, by: User) -> dict[str, str]:
    """Return the addresses of what is done on pages of its own, empty where it is not this person's to do."""
    may_letter = letters.may_ask(by, user) and letters.openable().filter(pk=user.pk).exists()
    return {
        "letter_page": reverse("admin:accounts_welcomeletter_ask", args=[user.pk]) if may_letter else "",
        "networks_page": (
            reverse("admin:accounts_networkrequest_ask", args=[user.pk]) if requests.may_verify(by, user) else ""
        ),
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
