"""The pages of a case: the case itself, its steps, and the three ways to start on one."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.forms.fields import status_of
from accounts.refusals import Refusal
from portal.lib import client, clock
from recovery.actions import assignment, claims
from recovery.admin import approval_preview, labels, layout, review_panel, steps, visibility
from recovery.admin.steps import Act, Step
from recovery.admin.visibility import Viewer
from recovery.enums import Purpose, State
from recovery.forms.staff import AnswerForm, ApproveForm, DeskForm, OpenForm, StartForm
from recovery.models import Case
from recovery.refusals import CaseMoved, NotAllowed

_CASE, _STEP, _QUEUE = "admin:recovery_case_change", "admin:recovery_case_step", "admin:recovery_case_changelist"
_AT_FIELD = {"K1": "code", "K3": "code", "G5": "code", "G7": "answer", "A1": "pin", "A7": "pin", "A8": "pin"}


def case_page(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Show a case: the available steps, what comes next, what has happened."""
    case = visibility.one(viewer, pk)
    inside = review_panel.of(case, viewer)
    context = _about(case, viewer) | {
        "title": _("Case {number}").format(number=case.number),
        "steps": steps.offered(case, viewer),
        "claims": case.claims.order_by("created_at"),
        "shows_contact": case.maker_id == viewer.user.pk and case.state in assignment.ASSIGNABLE_STATES,
        "inside": inside,
        "effects": approval_preview.of_approval(case) if inside and case.state == State.REVIEW else [],
        "timeline": labels.timeline(case, inside=inside is not None),
    }
    return layout.show(request, "case", context)


@dataclass(frozen=True)
class At:
    """A request for the page of this step of this case."""

    request: HttpRequest
    viewer: Viewer
    case: Case
    step: Step


def step_page(request: HttpRequest, viewer: Viewer, pk: int, name: str) -> HttpResponse:
    """Show the form of a step, and do the step when it is posted. GET changes nothing."""
    step = steps.every().get(name)
    if step is None:
        raise Http404
    at = At(request, viewer, visibility.one(viewer, pk), step)
    if request.method == "POST":
        return _do_step(at, _form(step, at.case, request.POST))
    step.check(at.case, viewer)
    return _show_step(at, _form(step, at.case))


def _do_step(at: At, form: DeskForm) -> HttpResponse:
    """Call the action; if the case has moved on, keep what was typed."""
    is_readable = form.is_valid()
    try:
        _need_same(at, form)
        if not is_readable:
            return _show_step(at, form)
        by, origin, now = at.viewer.user, client.origin(at.request), clock.now()
        message = at.step.do(Act(at.case, form.cleaned_data, by, origin, now))
    except Refusal as refusal:
        if layout.status_of(refusal) == 403:
            raise
        return _show_refused(at, refusal)
    messages.success(at.request, str(message))
    return redirect(_after(at))


def _after(at: At) -> str:
    """Return the page after a step: the next one, the case, or the queue if the case is no longer visible."""
    if not visibility.cases(at.viewer).filter(pk=at.case.pk).exists():
        return reverse(_QUEUE)
    return (
        reverse(_STEP, args=[at.case.pk, at.step.next_step]) if at.step.next_step else reverse(_CASE, args=[at.case.pk])
    )


def _need_same(at: At, form: DeskForm) -> None:
    """Refuse what was based on an older version of the case; a missing permission is reported first."""
    try:
        at.step.check(at.case, at.viewer)
    except Refusal as refusal:
        if layout.status_of(refusal) == 409:
            raise CaseMoved from refusal
        raise
    if form.cleaned_data.get("version") != at.case.version:
        raise CaseMoved


def _show_refused(at: At, refusal: Refusal) -> HttpResponse:
    """Show the page again with the refusal, for the current case, with what was typed."""
    is_seen = visibility.cases(at.viewer).filter(pk=at.case.pk).exists()
    now = replace(at, case=visibility.one(at.viewer, at.case.pk)) if is_seen else at
    typed = at.request.POST.copy()
    typed["version"] = str(now.case.version)
    again = _form(at.step, now.case, typed)
    again.full_clean()
    field = _AT_FIELD.get(refusal.code)
    again.refuse(refusal, field if field in again.fields else None)
    return layout.with_pause(_show_step(now, again, layout.status_of(refusal)), refusal)


def _form(step: Step, case: Case, data: Any = None) -> DeskForm:
    """Return the form of a step for the current case."""
    more: dict[str, Any] = {}
    if step.form is ApproveForm:
        decision = visibility.pending(case)
        more["needs_own_check"] = decision is not None and decision.tier >= 2
    return step.form(data, initial={"version": case.version}, **more)


def _show_step(at: At, form: DeskForm, status: int | None = None) -> HttpResponse:
    case, step = at.case, at.step
    is_open = step.is_open(case, at.viewer)
    is_approval = step.form is ApproveForm and is_open
    context = _about(case, at.viewer) | {
        "title": step.label,
        "step": step,
        "form": form,
        "is_open": is_open,
        "effects": approval_preview.of_approval(case) if is_approval else [],
        "opens_at": approval_preview.approval_opens_at(case) if is_approval else None,
    }
    status = status_of(form) if status is None else status
    if step.name in {"ask", "finish"}:
        return layout.show(at.request, "ask", context | _round(case, form), status)
    return layout.show(at.request, "step", context, status)


def _round(case: Case, form: DeskForm) -> dict[str, Any]:
    """Return the context of the questions page: what was asked, what is asked now, how many are left."""
    answer = form if isinstance(form, AnswerForm) else AnswerForm(initial={"version": case.version})
    items = list(case.claim.items.order_by("place")) if case.claim else []
    current = next((item for item in items if item.answered_at is None), None)
    return {
        "phrase": case.claim.phrase if case.claim else "",
        "asked": [(item, labels.prompt(item)) for item in items],
        "current": current,
        "answer": answer,
        "finish": steps.every()["finish"],
    }


def _about(case: Case, viewer: Viewer) -> dict[str, Any]:
    """Return the context of the header of every page about a case."""
    return {
        "case": case,
        "viewer": viewer,
        "age": labels.age(case, clock.now()),
        "owner": labels.owner(case, viewer),
        "next_step": labels.next_step(case, viewer),
    }


def open_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Open a claim for a caller: the username is not looked up, reference and PIN are shown once."""
    viewer.need(*visibility.WORKERS)
    form = OpenForm(request.POST or None)
    context: dict[str, Any] = {"title": _("Open a case for a caller"), "form": form}
    if request.method != "POST" or not form.is_valid():
        return layout.show(request, "open", context, status_of(form))
    try:
        opened = claims.open_claim(
            username=form.cleaned_data["username"],
            lost=[Purpose(thing) for thing in form.cleaned_data["lost"]],
            contact="",
            browser="",
            by=viewer.user,
            origin=client.origin(request),
            now=clock.now(),
        )
    except Refusal as refusal:
        return _refuse_on(request, "open", context, refusal)
    return layout.show(request, "opened", {"title": _("Read this to the caller"), "opened": opened})


def start_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Begin or continue with a caller's reference and PIN."""
    viewer.need(*visibility.WORKERS)
    form = StartForm(request.POST or None, initial={"reference": request.GET.get("reference", "")[:20]})
    context: dict[str, Any] = {"title": _("Start a call"), "form": form}
    if request.method != "POST" or not form.is_valid():
        return layout.show(request, "start", context, status_of(form))
    typed, now = form.cleaned_data, clock.now()
    try:
        claim = claims.find_heard_claim(reference=typed["reference"], pin=typed["pin"], by=viewer.user, now=now)
        case = assignment.begin_call(
            claim=claim, takes_over=typed["takes_over"], by=viewer.user, origin=client.origin(request), now=now
        )
    except Refusal as refusal:
        return _refuse_on(request, "start", context, refusal)
    return redirect(_STEP, case.pk, "ask") if case.state == State.VERIFYING else redirect(_CASE, case.pk)


def take_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Take the most urgent case."""
    viewer.need(*visibility.WORKERS)
    if request.method != "POST":
        return layout.show(request, "take", {"title": _("Take next")})
    case = assignment.take_next(by=viewer.user, origin=client.origin(request), now=clock.now())
    if case is None:
        messages.info(request, _("There are no cases waiting."))
        return redirect(_QUEUE)
    messages.success(request, _("This case is now yours."))
    return redirect(_CASE, case.pk)


def _refuse_on(request: HttpRequest, name: str, context: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """Show a form again with the refusal; a missing permission gets its own page."""
    form: OpenForm | StartForm = context["form"]
    if isinstance(refusal, NotAllowed) or layout.status_of(refusal) == 403:
        raise refusal
    field = _AT_FIELD.get(refusal.code)
    form.refuse(refusal, field if field in form.fields else None)
    return layout.with_pause(layout.show(request, name, context, layout.status_of(refusal)), refusal)
