"""A case whose owner could not be reached waits for papers, and gets out of there in more than one way."""

import re
from datetime import datetime

import pytest

from accounts.enums import Role
from portal.outbox.models import Notice
from recovery.actions import claims, papers, reviews, timers
from recovery.admin import labels
from recovery.admin.visibility import Viewer
from recovery.enums import State, Verdict
from recovery.refusals import CaseNotOpen, MayNotDecide, NotAllowed, NotComplete, NotYours, TooFewSeniors
from tests import factories
from tests.recovery.claimant import Claimant, at_desk, shown
from tests.recovery.conftest import ORIGIN, Walk, now
from tests.recovery.desk import Seat, case_url, step_url

SHOWN = "Passport, issued in London, last four 4711, seen in person."


def unreached(walk, clock) -> Walk:
    """Approve a case and let both waits pass without a notice that left."""
    walk.in_review().approved(clock)
    for _wait in range(2):
        clock.set(walk.case.until)
        timers.tick(clock.now)
    assert walk.state == State.PROOFING
    return walk


def record(walk, by, shown=SHOWN):
    return papers.record_papers(case=walk.case, shown=shown, by=by, origin=ORIGIN, now=now())


def refuse(walk, by, reason=SHOWN):
    return papers.refuse_papers(case=walk.case, reason=reason, by=by, origin=ORIGIN, now=now())


def test_papers_bring_the_case_to_two_seniors_and_on_to_its_end(clock, walk, agent, lee, kim):
    unreached(walk, clock)

    record(walk, agent.user)

    assert (walk.state, walk.case.tier, walk.decision.two_seniors) == (State.REVIEW, 3, True)
    walk.approved(clock)
    assert walk.state == State.REVIEW
    walk.approved(clock)
    assert {walk.decision.checker, walk.decision.second_checker} == {lee.user, kim.user}
    assert (walk.case.until - walk.decision.decided_at).days == 7
    assert walk.waited(clock).started().opened_grant().completed().state == State.HOLD


def test_the_wait_after_papers_is_prolonged_once_as_after_any_approval(clock, walk, agent):
    unreached(walk, clock)
    record(walk, agent.user)
    walk.approved(clock).approved(clock)

    clock.set(walk.case.until)
    timers.tick(clock.now)

    assert walk.state == State.COOLING


@pytest.mark.promise("CASE-4")
def test_a_senior_who_saw_the_papers_does_not_decide(clock, walk, lee, kim):
    unreached(walk, clock)
    with pytest.raises(TooFewSeniors):
        record(walk, lee.user)
    mia = factories.staff("mia", Role.SENIOR)

    record(walk, lee.user)

    assert set(reviews.eligible(walk.case, walk.decision)) == {kim.user, mia.user}


@pytest.mark.promise("CASE-4")
def test_whoever_may_not_records_or_refuses_no_papers(clock, walk, agent, auditor, lee):
    unreached(walk, clock)

    with pytest.raises(NotYours):
        record(walk, factories.staff("omar", Role.AGENT).user)
    with pytest.raises(NotAllowed):
        record(walk, auditor.user)
    with pytest.raises(NotComplete):
        record(walk, agent.user, shown="passport")
    with pytest.raises(NotAllowed):
        refuse(walk, agent.user)
    with pytest.raises(NotComplete):
        refuse(walk, lee.user, reason="no")
    agent.user.groups.add(factories.Group.objects.get(name=str(Role.SENIOR)))
    with pytest.raises(MayNotDecide):
        refuse(walk, agent.user)
    assert walk.state == State.PROOFING


def test_papers_are_recorded_and_refused_only_where_they_are_asked_for(walk, agent, lee):
    walk.in_review()

    with pytest.raises(CaseNotOpen):
        record(walk, agent.user)
    with pytest.raises(CaseNotOpen):
        refuse(walk, lee.user)


def test_a_senior_refuses_papers_that_do_not_convince(clock, walk, lee):
    unreached(walk, clock)

    refuse(walk, lee.user)

    assert walk.state == State.REFUSED
    assert walk.case.decisions.get().outcome == Verdict.APPROVED


def test_nobody_comes_with_papers_and_the_case_runs_out(clock, walk):
    unreached(walk, clock)
    clock.move(days=14, seconds=-1)
    timers.tick(clock.now)
    assert walk.state == State.PROOFING

    clock.move(seconds=1)
    timers.tick(clock.now)

    assert walk.state == State.EXPIRED


def test_the_claimant_reads_what_to_do_and_may_withdraw(clock, walk):
    claimant = Claimant()
    claimant.asks()
    unreached(at_desk(walk, claimant), clock)

    page = claimant.enters()
    assert shown(page) == "papers"
    assert shown(page, "turn") == "claimant"
    said = re.findall(r'<time datetime="([^"]+)"', page.content.decode())
    assert walk.case.until in map(datetime.fromisoformat, said)

    claims.withdraw(claim=walk.claim, browser=claimant.client.cookies["case-browser"].value, origin=ORIGIN, now=now())
    assert walk.state == State.WITHDRAWN


# --- At the desk ---------------------------------------------------------------------------------------


def test_the_agent_records_papers_on_their_page_and_the_seniors_read_them(clock, walk, agent, auditor):
    case = unreached(walk, clock).case
    dana = Seat.of(agent)
    assert step_url(case, "papers") in dana.see(case_url(case))
    dana.do(case, "papers", status=200, reason="short")

    dana.do(case, "papers", reason=SHOWN)

    assert walk.state == State.REVIEW
    assert SHOWN in Seat.of(walk.checker()).see(case_url(case))
    assert SHOWN in Seat.of(auditor).see(case_url(case))
    assert SHOWN not in dana.see(case_url(case))


def test_every_senior_finds_the_case_and_what_is_to_be_done(clock, walk, lee, kim):
    case = unreached(walk, clock).case

    for person in (lee, kim):
        seat = Seat.of(person)
        assert case.number in seat.see("/admin/recovery/case/?queue=papers")
        page = seat.see(case_url(case))
        assert step_url(case, "papers") in page
        assert step_url(case, "refuse-papers") in page
        assert labels.next_step(case, Viewer.of(person.user)) in page


def test_a_senior_refuses_on_the_page_of_the_case(clock, walk, lee):
    case = unreached(walk, clock).case

    Seat.of(lee).do(case, "refuse-papers", reason=SHOWN)

    assert walk.state == State.REFUSED


def test_an_agent_without_the_case_sees_and_does_nothing(clock, walk):
    case = unreached(walk, clock).case
    omar = Seat.of(factories.staff("omar", Role.AGENT))

    omar.see(case_url(case), status=403)
    omar.do(case, "papers", status=403, reason=SHOWN)
    omar.do(case, "refuse-papers", status=403, reason=SHOWN)

    assert walk.state == State.PROOFING
    assert not Notice.objects.filter(kind="case_refused").exists()
