"""What happens automatically: waits end, cases expire, owners are told, reviews are drawn again."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from accounts.enums import Role
from accounts.models import User
from portal.outbox import periodic_tasks
from portal.outbox.models import Notice, NoticeState
from recovery.actions import case_holds, case_notices, grants, objections, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, State, Verdict
from recovery.models import Case, Decision
from recovery.policies import state_machine
from recovery.refusals import CaseMoved, CaseNotOpen

log = logging.getLogger("portal.recovery")

_BATCH = 100
_CLOCK = Who(Actor.CLOCK)


def tick(now: datetime) -> int:
    """Do up to a batch of each kind of due work; return how much was done.

    Runs in any number of workers: each case is locked and checked again before it moves.
    """
    return (
        _contest_live_keys(now=now)
        + _move_due(now=now)
        + case_holds.end_due(now)
        + _draw_again(now=now)
        + case_notices.tell_owners(now=now, limit=_BATCH)
    )


def _contest_live_keys(*, now: datetime) -> int:
    """Stop cases whose holder has used a Key since: it is not lost, or the claimant is not the holder."""
    living = Case.objects.filter(
        objections.HAS_LIVE_KEY,
        closed_at=None,
        state__in=state_machine.DISPUTABLE,
    )
    found = living.values_list("pk", flat=True).distinct()[:_BATCH]
    return periodic_tasks.each("contests", found, partial(objections.contest_live_key, now=now))


def _move_due(*, now: datetime) -> int:
    due = Case.objects.filter(closed_at=None, until__lte=now).order_by("until")
    return periodic_tasks.each("cases", due.values_list("pk", flat=True)[:_BATCH], partial(_move_one, now=now))


def _move_one(case_id: int, *, now: datetime) -> int:
    try:
        with transaction.atomic():
            case = transitions.lock(case_id)
            if not case.is_open or case.until is None or case.until > now:
                return 0
            _DUE[State(case.state)](case, now)
    except (CaseMoved, CaseNotOpen):
        log.info("a case moved before its clock", extra={"facts": {"case": case_id}})
        return 0
    return 1


def _expire(case: Case, now: datetime) -> None:
    transitions.move(case, State.EXPIRED, "expired", who=_CLOCK, now=now)


def _end_wait(case: Case, now: datetime) -> None:
    """Make a case ready once its owner has had the whole waiting period since they were told.

    A notice that was sent late restarts the period; if none was sent, it is repeated once, then papers are required.
    """
    approved = case.events.filter(to_state=State.COOLING, from_state=State.REVIEW).order_by("-n").first()
    told = approved and case_notices.dedupe(case, approved.n)
    sent = Notice.objects.filter(dedupe=told, state=NoticeState.SENT, sent_at__isnull=False).first()
    if sent and sent.sent_at and (full_wait := sent.sent_at + case.terms.cooling(case.tier)) > now:
        transitions.note(case, "told_late", who=_CLOCK, now=now, until=full_wait)
    elif sent:
        ready_until = case.terms.ends(State.GRANT_READY, now=now)
        transitions.move(case, State.GRANT_READY, "wait_over", who=_CLOCK, now=now, ready_until=ready_until)
    elif not case.was_extended:
        until = now + case.terms.cooling(case.tier)
        transitions.note(case, "wait_extended", who=_CLOCK, now=now, until=until, was_extended=True)
    else:
        transitions.move(case, State.PROOFING, "owner_not_reached", who=_CLOCK, now=now)


def _end_set_up(case: Case, now: datetime) -> None:
    grants.back_to_ready(case, _CLOCK, "grant_lapsed", now=now)


def _end_hold(case: Case, now: datetime) -> None:
    case_holds.end(case, now=now)
    transitions.move(case, State.DONE, "hold_over", who=_CLOCK, now=now)


_DUE: dict[State, Callable[[Case, datetime], None]] = {
    State.OPEN: _expire,
    State.VERIFYING: _expire,
    State.POSSESSION: _expire,
    State.PROOFING: _expire,
    State.GRANT_READY: _expire,
    State.COOLING: _end_wait,
    State.ENROLLING: _end_set_up,
    State.HOLD: _end_hold,
}


def _draw_again(*, now: datetime) -> int:
    """Draw again reviews that nobody has, or whose senior is away."""
    seniors = User.objects.filter(is_active=True, is_superuser=False, groups__name=str(Role.SENIOR))
    gone = Q(assigned_to=None) | ~Q(assigned_to__in=seniors) | Q(opened_at=None, assigned_at__lte=now - _SHORTEST_WAIT)
    waiting = Decision.objects.filter(gone, outcome=Verdict.PENDING).order_by("created_at")
    return periodic_tasks.each("draws", waiting.values_list("pk", flat=True)[:_BATCH], partial(_draw_one, now=now))


_SHORTEST_WAIT = timedelta(minutes=5)


def _draw_one(decision_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        decision = Decision.objects.select_related("case").get(pk=decision_id)
        case = transitions.lock(decision.case_id)
        decision.refresh_from_db()
        if decision.outcome != Verdict.PENDING or case.state != State.REVIEW:
            return 0
        free = reviews.eligible(case, decision)
        if decision.assigned_to_id and free.filter(pk=decision.assigned_to_id).exists():
            waited = decision.opened_at is None and decision.assigned_at is not None
            patience = timedelta(minutes=case.terms.redraw_minutes)
            if not waited or now - (decision.assigned_at or now) < patience or free.count() < 2:
                return 0
        elif not free.exists() and decision.assigned_to_id is None:
            return 0
        return int(reviews.draw(case, decision, who=Who(Actor.SYSTEM), now=now) is not None)
