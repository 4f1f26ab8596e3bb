"""Reports from the customer's own record, with the protection they choose (LOCK-4)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import reports, sessions, suspension
from accounts.enums import Protection, ReportKind
from accounts.models import PlatformSession, Report, User
from accounts.refusals import refusing, too_often
from portal.audit.models import SecurityEvent
from portal.lib import client
from portal.throttle import limits
from portal.throttle.reserve import reserve

_WORDS = 120  # characters of what a report is about


@refusing(too_often)
def report_event(
    *,
    event: SecurityEvent,
    words: str,
    protection: Collection[Protection],
    by: User,
    session: PlatformSession,
    origin: client.Origin,
    now: datetime,
) -> Report:
    """Open a report about an event in the reporter's own record, and protect the account as they chose.

    ``words``: the event as the customer reads it. A second report of the same event is the same report: it adds its
    protection, and opens it again for the desk. Suspending ends this session as well, and needs a fresh proof.
    Effects: as ``open_report``, ``sessions.end_all_others`` and ``suspension.suspend``.
    Needs: no open transaction. Raises: ``TooOften``.
    """
    reserve(limits.REPORT.of(by.username_hash), now=now)
    with transaction.atomic():
        owner = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=by.pk)
        report = Report.objects.filter(user=owner, event_n=event.n).first() or reports.open_report(
            user=owner, kind=ReportKind.EVENT, device=words[:_WORDS], origin=origin, now=now, flow=event.flow
        )
        if report.closed_at:
            reports.note_opened(report, by=owner, origin=origin, now=now, flow=event.flow)
        report.event_n = event.n
        report.protection = sorted({*report.protection, *map(str, protection)})
        report.closed_at, report.closed_by, report.outcome = None, None, ""
        report.save(update_fields=["event_n", "protection", "closed_at", "closed_by", "outcome"])
        if Protection.END_OTHERS in protection:
            sessions.end_all_others(by=owner, keep=session, origin=origin, now=now)
        if Protection.SUSPEND in protection and owner.suspended_at is None:  # another tab, or staff, was as quick
            reason = _("The customer asked for it in report {reference}.").format(reference=report.reference)
            suspension.suspend(owner, reason=reason, by=owner, origin=origin, now=now)
    return report
