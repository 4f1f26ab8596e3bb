"""The customer's own record: filters, the file, and what follows from "this was not me"."""

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.actions import reports
from accounts.actions.event_reports import report_event
from accounts.enums import Action, Protection, ReportOutcome, Role
from accounts.models import PlatformSession, Report, User
from portal.audit import event_names
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.home import activity
from portal.home.csv_files import _cell
from portal.lib.client import Origin
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems

pytestmark = pytest.mark.django_db


def happen(person: Person, *names: str, by: Person | None = None, clock: Clock, **facts: object) -> SecurityEvent:
    with transaction.atomic():
        return [record(one, by=(by or person).user, on=person.user, now=clock.now, **facts) for one in names][-1]


def shown(client: object, query: str = "") -> list[str]:
    return [line.text for line in client.get(f"/activity/{query}").context["lines"]]


def test_every_event_has_words() -> None:
    assert [name for name, words in event_names.choices() if not str(words).strip() or str(words) == name] == []


def test_the_list_can_be_narrowed_by_kind_and_time(ada: Person, clock: Clock) -> None:
    happen(ada, Action.PASSWORD_SET, clock=clock)
    clock.move(days=10)
    client = factories.signed_in(ada)
    happen(ada, Action.SIGNED_IN, Action.PAUSED, clock=clock)

    assert shown(client) == [Action.PAUSED.label, Action.SIGNED_IN.label, Action.PASSWORD_SET.label]
    assert shown(client, "?only=sign-ins") == [Action.SIGNED_IN.label]
    assert shown(client, "?only=refused") == [Action.PAUSED.label]
    assert shown(client, "?only=changes") == [Action.PASSWORD_SET.label]
    assert shown(client, "?days=7") == [Action.PAUSED.label, Action.SIGNED_IN.label]
    assert shown(client, "?only=nonsense&days=x&page=zz") == shown(client)


@pytest.mark.promise("CASE-8")
def test_what_staff_did_says_their_role_and_why_and_never_a_name(ada: Person, clock: Clock) -> None:
    agent = factories.staff("dana", Role.AGENT)
    happen(ada, Action.PAUSE_LIFTED, by=agent, reason="Called from the number on file", clock=clock)

    page = factories.signed_in(ada).get("/activity/?only=staff")

    line = page.context["lines"][0]
    assert (line.by, line.reason) == (Role.AGENT.label, "Called from the number on file")
    assert "dana" not in page.content.decode()


def test_a_hundred_events_cost_no_more_statements_than_one(
    ada: Person, clock: Clock, django_assert_num_queries: object
) -> None:
    client = factories.signed_in(ada)
    happen(ada, Action.SIGNED_IN, clock=clock)
    with django_assert_num_queries(7):
        client.get("/activity/")
    for _ in range(100):
        happen(ada, Action.SIGNED_IN, clock=clock)

    with django_assert_num_queries(7):
        page = client.get("/activity/")

    assert problems(page.content.decode()) == []
    assert len(page.context["lines"]) == 30


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A1", "'@A1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\0=1", "'=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a=1", "a=1"),
        ("", ""),
        ('say "hi"', 'say "hi"'),
    ],
)
@pytest.mark.asvs("1.2.10")
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert _cell(text) == cell


def test_the_file_holds_the_same_lines(ada: Person, clock: Clock) -> None:
    agent = factories.staff("dana", Role.AGENT)
    client = factories.signed_in(ada)
    happen(ada, Action.PAUSE_LIFTED, by=agent, reason='=cmd|"x"', clock=clock)

    answer = client.get("/activity/file/?only=staff")

    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert answer["Content-Disposition"].startswith("attachment")
    assert rows[1] == ["2026-03-02 12:00:00", "Pause ended", "", "Agent", '\'=cmd|"x"']


@pytest.mark.promise("LOCK-4")
def test_a_report_has_a_number_and_ends_what_the_customer_chose(ada: Person, clock: Clock) -> None:
    here, there = factories.signed_in(ada), factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)

    page = here.post(f"/activity/{event.n}/not-me/", {"protection": ["end_others"]}, follow=True)

    report = Report.objects.get()
    assert page.request["PATH_INFO"] == f"/activity/reports/{report.reference}/"
    assert problems(page.content.decode()) == []
    assert (report.kind, report.event_n, report.protection) == ("event", event.n, ["end_others"])
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert report.reference in here.get("/activity/").content.decode()


@pytest.mark.promise("LOCK-4")
def test_a_customer_may_stop_sign_in_and_support_opens_it_again(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)

    page = client.post(f"/activity/{event.n}/not-me/", {"protection": ["suspend"]})

    assert Report.objects.get().reference in page.content.decode()
    assert User.objects.get(pk=ada.user.pk).suspended_at
    assert not PlatformSession.objects.filter(user=ada.user).exists()
    assert client.get("/").status_code == 302


@pytest.mark.promise("LOCK-4")
def test_stopping_sign_in_that_another_tab_or_staff_has_stopped_just_now_is_a_report(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)
    User.objects.filter(pk=ada.user.pk).update(suspended_at=clock.now)
    known = PlatformSession.objects.get()
    given = {"by": known.user, "session": known, "origin": Origin(), "now": clock.now}

    report = report_event(event=event, words="Signed in", protection=[Protection.SUSPEND], **given)

    assert report.protection == ["suspend"]
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/activity/reports/a%00b/", "/notices/a%00b/", "/notices/report/done/?number=a%00b"])
def test_a_nul_in_an_address_reaches_no_statement(ada: Person, clock: Clock, path: str) -> None:
    client, given = factories.signed_in(ada), []

    def watch(execute: Callable[..., object], sql: str, params: object, *rest: object) -> object:
        given.append(params)
        return execute(sql, params, *rest)

    with connection.execute_wrapper(watch):
        answer = client.get(path)

    assert given if "?" in path else answer.status_code == 404
    assert "x00" not in repr(given)


def test_an_open_session_alone_cannot_stop_sign_in(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)
    clock.move(minutes=11)

    answer = client.post(f"/activity/{event.n}/not-me/", {"protection": ["suspend"]})

    assert answer["Location"].startswith("/confirm/?next=")
    assert f"%2Factivity%2F{event.n}%2Fnot-me%2F" in answer["Location"]
    assert User.objects.get(pk=ada.user.pk).suspended_at is None
    assert not Report.objects.exists()


def test_reporting_again_opens_a_closed_report_for_the_desk(ada: Person, clock: Clock) -> None:
    agent = factories.staff("dana", Role.AGENT)
    client = factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)
    client.post(f"/activity/{event.n}/not-me/")
    reports.close_report(
        report=Report.objects.get(), outcome=ReportOutcome.MISTAKE, by=agent.user, origin=None, now=clock.now
    )

    client.post(f"/activity/{event.n}/not-me/", {"protection": ["end_others"]})

    assert Report.objects.get().closed_at is None


def test_reporting_the_same_event_twice_is_one_report(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)
    client.post(f"/activity/{event.n}/not-me/")
    client.post(f"/activity/{event.n}/not-me/", {"protection": ["end_others"]})

    assert Report.objects.get().protection == ["end_others"]


@pytest.mark.asvs("8.2.2")
def test_nobody_reports_or_reads_what_is_somebody_elses(ada: Person, mallory: Person, clock: Clock) -> None:
    event = happen(ada, Action.SIGNED_IN, clock=clock)
    factories.signed_in(ada).post(f"/activity/{event.n}/not-me/")
    his = factories.signed_in(mallory)

    assert his.get(f"/activity/reports/{Report.objects.get().reference}/").status_code == 404
    assert his.post("/activity/99/not-me/").status_code == 404
    assert shown(his) == []


def test_an_unknown_protection_is_refused(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    event = happen(ada, Action.SIGNED_IN, clock=clock)

    answer = client.post(f"/activity/{event.n}/not-me/", {"protection": ["everything"]})

    assert (answer.status_code, answer.context["cause"].code) == (400, "F3")
    assert not Report.objects.exists()


def test_the_lines_of_the_security_page_are_the_same(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    happen(ada, Action.PASSWORD_SET, clock=clock)

    assert [line.text for line in client.get("/security/").context["lines"]] == shown(client)
    assert [line.n for line in activity.lines_of(ada.user, [])] == []


def test_the_security_page_says_none_rather_than_nought(ada: Person, clock: Clock) -> None:
    page = factories.signed_in(ada).get("/security/")

    facts = {row.page: row.fact for row in page.context["sign_in_rows"]}
    assert (facts["accounts:passkeys"], facts["accounts:backup-codes"]) == ("None yet", "None left")
