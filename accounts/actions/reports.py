"""Reports of suspicious activity: opened by customers, closed by staff with an outcome (KEY-12, LOCK-4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import notice_kinds
from accounts.actions import notify
from accounts.actions.notices import log_ins_of
from accounts.enums import Action, ReportKind, ReportOutcome, Role
from accounts.models import Report, User
from accounts.refusals import refusing, too_often
from portal.audit.record import record
from portal.lib import client
from portal.outbox import history, queue
from portal.outbox.kinds import NoticeKind
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.reserve import reserve


class ReportClosed(Exception):
    """Somebody else has already closed this report."""


class NotTheirsToClose(Exception):
    """The report is their own, or their role does not close reports."""


@transaction.atomic
def open_report(
    *,
    user: User,
    kind: ReportKind,
    device: str,
    origin: client.Origin | None,
    now: datetime,
    flow: str = "",
    told_as: NoticeKind = notice_kinds.REPORT_OPENED,
    notice: str = "",
) -> Report:
    """Open a report for this customer.

    ``device``: what it is about, in our own words; ``told_as``: the kind of the notice that goes out; ``notice``: the
    reference of the message that it is about.

    Effects: one row with a reference to quote on the phone, one event, one notice.
    """
    report = Report.objects.create(
        reference=queue.new_reference("R"), user=user, kind=kind, device=device, notice=notice, created_at=now
    )
    note_opened(report, by=user, origin=origin, now=now, flow=flow)
    facts: dict[str, Any] = {
        "report": report.reference,
        "what": str(kind),
        "device": device,
        "at": now.isoformat(),
    }
    notify.notify_everywhere(user, told_as, now=now, **{name: facts[name] for name in told_as.facts})
    return report


def note_opened(report: Report, *, by: User, origin: client.Origin | None, now: datetime, flow: str) -> None:
    """Record that a report is opened, or opened again. Needs: the transaction in which it is."""
    facts = {"report": report.pk, "kind": str(report.kind)}
    record(Action.REPORTED, by=by, on=report.user, now=now, origin=origin, flow=flow, **facts)


@refusing(too_often)
def report_notice(
    *, typed: str, user: User | None, what: Callable[[Notice], str], origin: client.Origin, now: datetime
) -> Report | None:
    """Open a report about a message of ours; return it, or the one there is about this message, or None.

    ``typed``: its reference. ``user``: who is signed in; then only a message to the same customer counts. ``what``:
    names the message in our own words. None: no such message, which somebody who is not signed in must not be told.
    Effects: an attempt of the network stays counted; as ``open_report``, once for each message.
    Needs: no open transaction. Raises: ``TooOften``.
    """
    reserve(*limits.NOTICE_CHECK.of_network(origin.address), now=now)
    notice = history.find(typed, among=None if user is None else log_ins_of(user))
    if notice is None:
        return None
    with transaction.atomic():
        owner = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=notice.user_id)
        before = Report.objects.filter(notice=notice.reference).first()
        return before or open_report(
            user=owner, kind=ReportKind.NOTICE, device=what(notice), notice=notice.reference, origin=origin, now=now
        )


def may_close(by: User, report: Report) -> bool:
    """Tell whether this member of staff may close a report: customer-facing roles may, never their own."""
    return not by.is_same_person(report.user) and by.has_role(Role.AGENT, Role.SENIOR)


@transaction.atomic
def close_report(
    *, report: Report, outcome: ReportOutcome, by: User, origin: client.Origin | None, now: datetime
) -> Report:
    """Close a report with its outcome, for good; the customer is told.

    Effects: the row, in one guarded statement; one event; one notice.
    Raises: ``NotTheirsToClose``, ``ReportClosed``.
    """
    if not may_close(by, report):
        raise NotTheirsToClose
    mine = Report.objects.filter(pk=report.pk, closed_at=None)
    if not mine.update(closed_at=now, closed_by=by, outcome=outcome):
        raise ReportClosed
    record(Action.REPORT_CLOSED, by=by, on=report.user, now=now, origin=origin, report=report.pk, outcome=str(outcome))
    notify.notify_everywhere(
        report.user, notice_kinds.REPORT_CLOSED, now=now, report=report.reference, outcome=str(outcome)
    )
    report.refresh_from_db()
    return report
