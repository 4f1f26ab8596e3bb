"""Every message we sent to a customer, and whether a message is from us: `/notices/`."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import notices as look_up
from accounts.actions import reports
from accounts.forms.notices import ReferenceForm
from accounts.models import Report
from accounts.policies import masks
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import signed_in, who
from portal.lib import client, clock
from portal.outbox import history
from portal.outbox.kinds import ChannelName
from portal.outbox.models import Notice

PER_PAGE = 20


@require_safe
@signed_in
def notices(request: SignedInRequest) -> HttpResponse:
    """Show every message to this customer, newest first."""
    mine = history.notices_of(look_up.log_ins_of(request.user))
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(history.shown(notice), _where(notice)) for notice in page]
    return render(request, "accounts/notices.html", {"page": page, "lines": lines})


@require_safe
@signed_in
def notice(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show one message."""
    found = history.notices_of(look_up.log_ins_of(request.user)).filter(reference=history.canonical(reference)).first()
    if found is None:
        raise Http404
    report = Report.objects.filter(notice=found.reference).first()
    facts = {"shown": history.shown(found), "where": _where(found), "report": report}
    return render(request, "accounts/notice.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a message is from us, by its reference."""
    form, facts = _form(request), dict[str, Any]()
    if form.is_valid():
        try:
            found = look_up.check(typed=form.cleaned_data["reference"], **_asker(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            facts = {"is_answered": True, "found": found, "shown": history.shown(found) if found else None}
    return _page(request, "accounts/notice_check.html", form, **facts)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report a message about something that was not you, by its reference."""
    form = _form(request)
    if form.is_valid():
        try:
            opened = reports.report_notice(typed=form.cleaned_data["reference"], what=_subject, **_asker(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            number = f"?number={opened.reference}" if opened and who(request) else ""
            return redirect(reverse("accounts:notice-reported") + number)
    return _page(request, "accounts/notice_report.html", form)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    """Say what happens next; to somebody who is not signed in, the same for every reference."""
    known = who(request)
    number = history.canonical(request.GET.get("number", ""))
    mine = Report.objects.filter(user__in=look_up.log_ins_of(known.user), reference=number).first() if known else None
    facts = {"report": mine, "is_unknown": bool(known) and mine is None, "layout": _layout(request)}
    return render(request, "accounts/notice_reported.html", facts)


def _form(request: HttpRequest) -> ReferenceForm:
    initial = {"reference": request.GET.get("reference", "")[:40]}
    return ReferenceForm(request.POST if request.method == "POST" else None, initial=initial)


def _page(request: HttpRequest, template: str, form: ReferenceForm, **facts: Any) -> HttpResponse:
    return refusal_responses.page(request, template, form=form, layout=_layout(request), **facts)


def _layout(request: HttpRequest) -> str:
    return "base_security.html" if who(request) else "base.html"


def _asker(request: HttpRequest) -> dict[str, Any]:
    known = who(request)
    return {"user": known.user if known else None, "origin": client.origin(request), "now": clock.now()}


def _subject(notice: Notice) -> str:
    return history.shown(notice).subject


def _where(notice: Notice) -> str:
    """Return where a message went: a masked address, or nothing for a phone and for what stands here only."""
    return masks.email(notice.target) if notice.channel == ChannelName.EMAIL else ""
