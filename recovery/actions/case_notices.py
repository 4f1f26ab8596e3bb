"""Tell the owner what happens to a case: notices, each with a stop code, and events in their own record.

Actions only write events; the worker reads them here a moment later. So a request costs the same for an
unknown username, and no action can forget to tell.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from accounts.policies import stop_codes
from portal.audit.record import record
from portal.lib import code_alphabet
from portal.outbox import periodic_tasks, queue
from portal.outbox.kinds import NoticeKind
from recovery import notice_kinds
from recovery.actions import objections, one_time_secrets, transitions
from recovery.enums import CaseKind, OwnerEvent, State
from recovery.models import Case, Event, StopCode
from recovery.policies import state_machine

_DIGEST_AFTER = timedelta(days=1)

# Event -> event in the owner's record. Others are internal steps of the desk.
_RECORDED: dict[str, OwnerEvent] = {
    "claim_opened": OwnerEvent.OPENED,
    "session_started": OwnerEvent.CHECKED,
    "proof_accepted": OwnerEvent.CODE_ACCEPTED,
    "review_asked": OwnerEvent.REVIEW,
    "approved": OwnerEvent.APPROVED,
    "wait_over": OwnerEvent.READY,
    "grant_opened": OwnerEvent.STARTED,
    "completed": OwnerEvent.COMPLETED,
    "hold_over": OwnerEvent.HOLD_ENDED,
}
_BY_STATE: dict[str, OwnerEvent] = {
    State.REFUSED: OwnerEvent.REFUSED,
    State.CANCELLED: OwnerEvent.STOPPED,
    State.CONTESTED: OwnerEvent.STOPPED,
    State.WITHDRAWN: OwnerEvent.CLOSED,
    State.EXPIRED: OwnerEvent.CLOSED,
}
# Event in the owner's record -> kind of notice.
_TOLD: dict[OwnerEvent, NoticeKind] = {
    OwnerEvent.OPENED: notice_kinds.CASE_STARTED,
    OwnerEvent.APPROVED: notice_kinds.CASE_APPROVED,
    OwnerEvent.READY: notice_kinds.CASE_READY,
    OwnerEvent.STARTED: notice_kinds.CASE_OPENED,
    OwnerEvent.COMPLETED: notice_kinds.CASE_COMPLETED,
    OwnerEvent.HOLD_ENDED: notice_kinds.CASE_LIFTED,
    OwnerEvent.REFUSED: notice_kinds.CASE_REFUSED,
    OwnerEvent.STOPPED: notice_kinds.CASE_STOPPED,
    OwnerEvent.CLOSED: notice_kinds.CASE_CLOSED,
}


def tell_owners(*, now: datetime, limit: int) -> int:
    """Tell the owners of up to ``limit`` real cases what has happened since the last time."""
    behind = Case.objects.filter(kind=CaseKind.REAL, told_n__lt=F("event_n")).order_by("pk")
    return periodic_tasks.each("tellings", behind.values_list("pk", flat=True)[:limit], partial(_tell_owner, now=now))


@transaction.atomic
def _tell_owner(case_id: int, *, now: datetime) -> int:
    case = transitions.lock(case_id)
    events = list(case.events.filter(n__gt=case.told_n).order_by("n"))
    for event in events:
        action = _RECORDED.get(event.action) or _BY_STATE.get(
            event.to_state if event.from_state != event.to_state else ""
        )
        if action is not None:
            _record(case, event, action)
            _notify(case, event, action, now=now)
    Case.objects.filter(pk=case.pk, told_n=case.told_n).update(told_n=case.event_n)
    return len(events)


def _record(case: Case, event: Event, action: OwnerEvent) -> None:
    record(
        action,
        by=event.actor,
        on=case.subject,
        now=event.at,
        flow=event.flow,
        case=case.number,
        n=event.n,
        digest=event.digest,
    )


def _notify(case: Case, event: Event, action: OwnerEvent, *, now: datetime) -> None:
    kind = _TOLD.get(action)
    if kind is None or case.subject is None or _is_flood(case, event, kind):
        return
    for address in filter(None, (case.subject.email, *case.subject.former_addresses(now))):
        _send(case, event, kind, address, now=now)


def _send(case: Case, event: Event, kind: NoticeKind, address: str, *, now: datetime) -> None:
    """Queue one e-mail. Each has a stop code of its own, which works with the reference of that message only."""
    has_code = not state_machine.is_terminal(event.to_state)
    code = one_time_secrets.characters(stop_codes.LENGTH) if has_code else ""
    own = dedupe(case, event.n)
    notice = queue.email(
        case.holder,
        kind,
        now=now,
        address=address,
        dedupe=own if address == case.holder.email else f"{own}|former",
        stop_code=code_alphabet.grouped(code),
        case=case.number,
        at=event.at.isoformat(),
        until=case.until.isoformat() if case.until and event.n == case.event_n else "",
    )
    if code:
        StopCode.objects.create(case=case, notice=notice, digest=objections.stop_digest(notice.reference, code))


def _is_flood(case: Case, event: Event, kind: NoticeKind) -> bool:
    """Tell whether this is one of many claims, opened and closed by somebody who knows a username.

    The first claim on a user within a day is announced at once, further ones are not, whatever their case; and
    a case that was not announced closes silently. The owner's own record has them all.
    """
    if kind == notice_kinds.CASE_CLOSED:
        return not case.stop_codes.exists()
    return kind == notice_kinds.CASE_STARTED and _was_told_of_opening(case, event)


def _was_told_of_opening(case: Case, event: Event) -> bool:
    """Tell whether there was a claim on this user in the day before this one."""
    earlier = Event.objects.filter(
        case__subject=case.subject, action="claim_opened", at__gt=event.at - _DIGEST_AFTER, at__lte=event.at
    )
    return earlier.filter(pk__lt=event.pk).exists()


def dedupe(case: Case, n: int) -> str:
    """Return the dedupe key of an event's notice."""
    return f"{case.number}|{n}"
