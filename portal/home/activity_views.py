"""The customer's own record: what happened, as a list and as a file, and "this was not me"."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import event_reports
from accounts.enums import Protection
from accounts.models import Report
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, signed_in
from portal.audit.models import SecurityEvent
from portal.audit.record import chain_of
from portal.home import activity, csv_files
from portal.home.activity_forms import NotMeForm
from portal.lib import client, clock
from portal.outbox import history

PER_PAGE = 30
_LAST_REPORTS = 5
_COLUMNS = ["Time (UTC)", "What happened", "Place", "Member of our staff", "Reason"]


@require_safe
@signed_in
def show(request: SignedInRequest) -> HttpResponse:
    """See what happened, newest first."""
    only, days, events = _wanted(request)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    facts: dict[str, Any] = {
        "page": page,
        "lines": list(activity.lines_of(request.user, page.object_list)),
        "filters": [(name, label) for name, (label, _condition) in activity.FILTERS.items()],
        "periods": activity.PERIODS.items(),
        "only": only,
        "days": days,
        "query": f"&{urlencode({'only': only, 'days': days})}",
        "reports": request.user.reports.order_by("-created_at")[:_LAST_REPORTS],
    }
    return render(request, "portal/activity.html", facts)


def _wanted(request: SignedInRequest) -> tuple[str, str, QuerySet[SecurityEvent]]:
    """Return the names of the filters in the address, empty for unknown ones, and the events they leave."""
    only, days = request.GET.get("only", ""), request.GET.get("days", "")
    only, days = only if only in activity.FILTERS else "", days if days in activity.PERIODS else ""
    return only, days, activity.events_of(request.user, only=only, days=days, now=clock.now())


@require_safe
@signed_in
def download(request: SignedInRequest) -> HttpResponse:
    """Get the same list as a file, at most ten thousand lines."""
    _only, _days, events = _wanted(request)
    lines = activity.lines_of(request.user, events[: csv_files.MOST_LINES])
    rows = [[f"{line.at:%Y-%m-%d %H:%M:%S}", line.text, line.place, line.by, line.reason] for line in lines]
    return csv_files.response("activity.csv", _COLUMNS, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def not_me(request: SignedInRequest, n: int) -> HttpResponse:
    """Report an event that was somebody else, and choose how the account is protected meanwhile."""
    event = get_object_or_404(SecurityEvent, chain=chain_of(request.user), n=n)
    line = next(iter(activity.lines_of(request.user, [event])))
    if line.is_of_the_firm:
        raise Http404
    form = NotMeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        report = _suspended if Protection.SUSPEND in form.cleaned_data["protection"] else _reported
        try:
            return report(request, event, line.text, form)
        except Refusal as refusal:
            form.refuse(refusal)
    return refusal_responses.page(request, "portal/not_me.html", form=form, line=line)


def _reported(request: SignedInRequest, event: SecurityEvent, words: str, form: NotMeForm) -> HttpResponse:
    chosen = [Protection(name) for name in form.cleaned_data["protection"]]
    report = event_reports.report_event(
        event=event,
        words=words,
        protection=chosen,
        by=request.user,
        session=request.session.current,
        origin=client.origin(request),
        now=clock.now(),
    )
    if Protection.SUSPEND in chosen:
        logout(request)
        return render(request, "portal/suspended.html", {"report": report})
    return redirect("home:report", report.reference)


# Somebody in an open session must not be able to shut the owner out.
_suspended = freshly_proved(_reported)


@require_safe
@signed_in
def report(request: SignedInRequest, reference: str) -> HttpResponse:
    """See what became of a report."""
    found = get_object_or_404(Report, user=request.user, reference=history.canonical(reference))
    protection = [str(Protection(name).label) for name in found.protection]
    return render(request, "portal/report.html", {"report": found, "protection": protection})
