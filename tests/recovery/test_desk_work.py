"""The desk's start page: figures that lead to what they count, and only what the reader may know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import reports
from accounts.enums import ReportKind, ReportOutcome, Role
from tests import factories
from tests.lint_html import problems
from tests.portal.desk import states
from tests.recovery.desk import Seat, in_review

pytestmark = pytest.mark.django_db
WORK = "/admin/"


@pytest.fixture
def dana(agent) -> Seat:
    return Seat.of(agent)


def work_of(seat: Seat) -> dict:
    page = factories.signed_in(seat.person).get(WORK)
    assert problems(page.content.decode()) == []
    return page.context


def figures(context: dict) -> dict[str, int]:
    return {tile.href.removeprefix("/admin/"): tile.count for tile in context["tiles"]}


@pytest.mark.promise("CASE-8")
def test_figures_and_cases_are_those_of_the_reader(walk, stranger, dana):
    case = in_review(walk, dana)
    stranger.opened()

    agents, seniors = work_of(dana), work_of(Seat.of(walk.checker()))

    assert figures(agents)["recovery/case/?queue=mine"] == 1
    assert figures(agents)["recovery/case/?queue=take"] == 1
    assert "recovery/case/?queue=review" not in figures(agents)
    assert [shown.pk for shown, _next, _age in agents["mine"]] == [case.pk]
    assert figures(seniors)["recovery/case/?queue=review"] == 1
    assert [shown.pk for shown, _next, _age in seniors["mine"]] == [case.pk]


def test_every_figure_leads_to_as_many_lines(walk, stranger, dana, clock):
    in_review(walk, dana)
    stranger.opened()
    states.paused("cleo")
    for device in ("Edge", "Opera"):
        opened = reports.open_report(
            user=walk.case.subject, kind=ReportKind.NOT_ME, device=device, origin=None, now=clock.now
        )
    outcome, by = ReportOutcome.MISTAKE, dana.person.user
    reports.close_report(report=opened, outcome=outcome, by=by, origin=None, now=clock.now)

    for seat in (dana, Seat.of(walk.checker())):
        desk = factories.signed_in(seat.person)
        for path, count in figures(desk.get(WORK).context).items():
            assert desk.get(f"/admin/{path}").context["cl"].result_count == count, path


def test_what_is_over_target_for_others_is_not_counted(walk, dana, clock):
    in_review(walk, dana)
    clock.move(days=3)

    assert figures(work_of(dana))["recovery/case/?queue=late"] == 0


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_own_part(role: Role, walk, dana, clock):
    in_review(walk, dana)
    states.paused("cleo")

    page = factories.signed_in(factories.staff(f"x-{role}", role)).get(WORK)

    answers_calls = role in (Role.AGENT, Role.SENIOR)
    assert ("data-mine" in page.content.decode()) is answers_calls
    assert page.context["mine"] == []
    assert any("recovery/case" in path for path in figures(page.context)) is (role != Role.OPERATOR)
    assert page.context["pauses"]


def test_without_a_role_there_is_nothing(clock):
    nobody = factories.staff("nobody", Role.AGENT)
    nobody.user.groups.clear()

    page = factories.signed_in(nobody).get(WORK)

    assert "data-no-role" in page.content.decode()
    assert page.context["tiles"] == []


def test_the_page_costs_the_same_with_many_pauses_and_reports(walk, dana, clock):
    desk, counts = factories.signed_in(dana.person), []
    for number in (1, 12):
        for n in range(number):
            states.paused(f"cleo{number}-{n}")
        with CaptureQueriesContext(connection) as statements:
            desk.get(WORK)
        counts.append(len(statements))

    assert counts[0] == counts[1]
