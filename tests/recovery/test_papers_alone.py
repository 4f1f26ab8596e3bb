"""A case on identity papers alone: two seniors, the highest tier, and a way to the end."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from recovery.actions import claims, objections, questions, reviews, timers
from recovery.enums import Basis, Observed, Prompt, State
from recovery.models import Evidence
from recovery.refusals import CaseNotOpen, TooFewSeniors
from tests import factories
from tests.recovery.claimant import Claimant, at_desk, shown
from tests.recovery.conftest import ORIGIN, now
from tests.recovery.desk import Seat, case_url, step_url
from tests.recovery.imported import ADDRESSES, SHOWN, Imported, shows_papers, spoken, thin
from tests.recovery.test_database import a_decision, refused


@pytest.mark.promise("CASE-4")
def test_papers_alone_take_two_seniors_at_the_highest_tier_and_lead_to_the_end(desk, clock, lee, kim):
    walk = shows_papers(thin(desk))

    facts = (walk.decision.basis, walk.decision.tier, walk.decision.two_seniors, walk.decision.possession_count)
    assert facts == (Basis.PAPERS, 3, True, 1)
    assert walk.case.basis == Basis.PAPERS
    walk.approved(clock)
    assert walk.state == State.REVIEW
    walk.approved(clock)
    assert {walk.decision.checker, walk.decision.second_checker} == {lee.user, kim.user}
    assert (walk.case.until - walk.decision.decided_at).days == 7
    assert walk.waited(clock).started().opened_grant().completed().state == State.HOLD


@pytest.mark.promise("CASE-4")
def test_papers_alone_are_never_approved_by_one(desk, lee, kim):
    case = thin(desk).case
    alone = {"basis": Basis.PAPERS, "checker": lee.user, "own_check": "Seen the copy."}

    assert refused(a_decision(case, **alone).save)
    assert refused(a_decision(case, **alone, two_seniors=True).save)
    assert not refused(a_decision(case, **alone, two_seniors=True, second_checker=kim.user).save)


def test_a_case_on_papers_that_is_sent_back_asks_for_papers_again(desk, clock):
    walk = shows_papers(thin(desk)).looked_at(clock)
    facts = {"by": walk.checker().user, "origin": ORIGIN, "now": now()}

    reviews.return_case(decision=walk.decision, reason="The last four digits do not fit.", **facts)

    assert (walk.state, reviews.possession_of(walk.case)) == (State.PROOFING, {})
    assert shows_papers(walk).state == State.REVIEW


@pytest.mark.promise("CASE-5")
def test_the_owner_ends_a_case_that_rests_on_nothing_but_details(desk):
    walk = thin(desk)

    objections.stop_signed_in(user=walk.case.subject, origin=ORIGIN, now=now())

    assert (walk.state, walk.case.holds.count()) == (State.CANCELLED, 0)


@pytest.mark.promise("CASE-5")
def test_once_papers_were_recorded_an_objection_is_for_people_to_look_at(desk):
    walk = shows_papers(thin(desk))

    objections.stop_signed_in(user=walk.case.subject, origin=ORIGIN, now=now())

    assert walk.state == State.CONTESTED


def test_an_alarm_before_the_papers_ends_the_case_with_them(desk):
    walk = thin(desk).stated(Observed.DURESS)
    assert walk.state == State.PROOFING

    shows_papers(walk)

    assert (walk.state, walk.case.decisions.count()) == (State.REFUSED, 0)


@pytest.mark.promise("CASE-4")
def test_papers_that_two_seniors_could_not_decide_on_are_not_recorded(desk, lee):
    walk = thin(desk)

    with pytest.raises(TooFewSeniors):
        shows_papers(walk, by=lee.user)
    assert (walk.state, Evidence.objects.filter(method=reviews.PAPERS).count()) == (State.PROOFING, 0)

    factories.staff("mia", Role.SENIOR)
    assert shows_papers(walk, by=lee.user).state == State.REVIEW


def test_a_review_that_lost_its_seniors_shows_red_to_all_that_are_left(desk, clock, lee, kim):
    walk = shows_papers(thin(desk)).approved(clock)
    first = {lee.user.pk: lee, kim.user.pk: kim}[walk.decision.checker_id]
    walk.checker().user.groups.clear()
    timers.tick(now() + timedelta(minutes=10))
    assert walk.decision.assigned_to is None
    late = factories.staff("mia", Role.SENIOR)

    for person in (first, late):
        assert 'class="badge badge-err"' in Seat.of(person).see("/admin/recovery/case/")


@pytest.mark.promise("CASE-4")
def test_another_agent_takes_a_case_over_with_reference_and_pin_and_records_the_papers(desk):
    walk = thin(desk)
    omar = factories.staff("omar", Role.AGENT).user
    found = claims.find_claim(reference=walk.claim.reference, pin=walk.pin, now=now())

    questions.take_over(claim=found, by=omar, origin=ORIGIN, now=now())

    assert shows_papers(walk, by=omar).state == State.REVIEW
    assert walk.decision.maker == omar
    with pytest.raises(CaseNotOpen):
        questions.take_over(claim=found, by=walk.maker, origin=ORIGIN, now=now())


def test_the_desk_walks_a_case_on_papers_to_the_review_and_the_claimant_reads_what_to_do(desk, agent):
    who = Imported("", {"address": ADDRESSES["IE"]}, memory={Prompt.ADDRESS: spoken(ADDRESSES["IE"])})
    who.made()
    claimant = Claimant()
    claimant.asks()
    walk = at_desk(desk, claimant).in_session()
    dana = Seat.of(agent)
    dana.answer_all(walk.case, who.honest)

    dana.do(walk.case, "finish")

    assert walk.state == State.PROOFING
    assert shown(claimant.enters()) == "papers"
    page = dana.see(case_url(walk.case))
    assert step_url(walk.case, "papers") in page
    assert step_url(walk.case, "statement") in page
    dana.do(walk.case, "papers", reason=SHOWN)
    senior = Seat.of(walk.checker())
    assert SHOWN in senior.see(case_url(walk.case))
    senior.do(walk.case, "review")
    assert step_url(walk.case, "approve") in senior.see(case_url(walk.case))
