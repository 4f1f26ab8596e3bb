"""What customers report, and what came of it (KEY-12, LOCK-4)."""

import re
from functools import partial

import pytest
from django.urls import reverse

from accounts.actions import reports
from accounts.enums import ReportKind, ReportOutcome, Role
from accounts.models import Report, User
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.races import AT_ONCE, at_once


def opened(person: Person) -> Report:
    now = portal_clock.now()
    return reports.open_report(
        user=person.user, kind=ReportKind.NOT_ME, device="Chrome on Windows", origin=None, now=now
    )


def close(report: Report, by: Person) -> Report:
    now = portal_clock.now()
    return reports.close_report(report=report, outcome=ReportOutcome.PROTECTED, by=by.user, origin=None, now=now)


def test_whoever_refused_a_sign_in_is_told_to_set_a_new_password_until_that_is_done(ada: Person, clock: Clock) -> None:
    advised = f'href="{reverse("accounts:password")}"'
    User.objects.filter(pk=ada.user.pk).update(password_changed_at=clock.now)
    client = factories.signed_in(ada)
    assert advised not in client.get("/").content.decode()
    clock.move(seconds=1)
    opened(ada)
    assert advised in client.get("/").content.decode()
    assert 'data-light="warn"' in client.get("/security/").content.decode()
    clock.move(seconds=1)

    User.objects.filter(pk=ada.user.pk).update(password_changed_at=clock.now)

    assert advised not in client.get("/").content.decode()


@pytest.mark.promise("KEY-12")
def test_a_report_has_a_reference_to_tell_and_its_owner_is_told(ada: Person, clock: Clock) -> None:
    report = opened(ada)

    assert re.fullmatch("R-[2-9A-Z]{4}-[2-9A-Z]{4}", report.reference)
    assert Notice.objects.get().facts["report"] == report.reference
    assert SecurityEvent.objects.get(subject=ada.user).action == "reported"


@pytest.mark.promise("LOCK-4")
def test_closing_a_report_keeps_who_and_what_and_tells_the_customer(ada: Person, agent: Person, clock: Clock) -> None:
    report = close(opened(ada), agent)

    assert (report.closed_by, report.closed_at, report.outcome) == (agent.user, clock.now, "protected")
    event = SecurityEvent.objects.get(action="report_closed")
    assert (event.actor, event.subject, event.facts["outcome"]) == (agent.user, ada.user, "protected")
    assert Notice.objects.get(kind="report_closed").facts["outcome"] == "protected"


def test_a_report_is_closed_once(ada: Person, agent: Person, reviewer: Person, clock: Clock) -> None:
    report = opened(ada)
    close(report, agent)

    with pytest.raises(reports.ReportClosed):
        close(report, reviewer)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.AGENT, True), (Role.SENIOR, True), (Role.AUDITOR, False), (Role.OPERATOR, False)]
)
def test_only_who_works_with_customers_closes_reports(ada: Person, clock: Clock, role: Role, may: bool) -> None:
    report, somebody = opened(ada), factories.staff("somebody", role)

    assert reports.may_close(somebody.user, report) is may
    if not may:
        with pytest.raises(reports.NotTheirsToClose):
            close(report, somebody)


def test_nobody_closes_their_own_report_and_no_customer_any(ada: Person, agent: Person, clock: Clock) -> None:
    for report, by in ((opened(agent), agent), (opened(ada), ada)):
        with pytest.raises(reports.NotTheirsToClose):
            close(report, by)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_who_close_one_report_close_it_once() -> None:
    person, agents = factories.customer("reporter"), [factories.staff(f"agent{n}", Role.AGENT) for n in range(4)]
    report = opened(person)

    outcomes = at_once(*[partial(outcome, report, by) for by in agents * (AT_ONCE // 4)])

    assert outcomes.count(True) == 1
    assert SecurityEvent.objects.filter(action="report_closed").count() == 1


def outcome(report: Report, by: Person) -> bool:
    try:
        close(report, by)
    except reports.ReportClosed:
        return False
    else:
        return True
