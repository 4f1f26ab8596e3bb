"""A second person, drawn by the system, decides."""

from contextlib import nullcontext

import pytest

from accounts.enums import Role
from accounts.refusals import CodeUsed, CodeWrong
from recovery.actions import objections, questions, reviews
from recovery.enums import Observed, State, Verdict
from recovery.forms.staff import ReasonForm
from recovery.refusals import CaseNotOpen, MayNotDecide, NotAllowed, NotComplete, NotYours, TooQuick
from tests import factories
from tests.recovery.conftest import ORIGIN, REASON, now


def approve(walk, person, **changes):
    facts = {"reason": REASON, "own_check": "Called back.", "code": person.code()} | changes
    return reviews.approve(decision=walk.decision, by=person.user, origin=ORIGIN, now=now(), **facts)


def other_than(walk, person):
    return next(senior for senior in walk.seniors.values() if senior.user.pk != person.user.pk)


@pytest.mark.promise("CASE-4")
def test_the_system_draws_a_senior_who_had_no_hand_in_the_case(walk):
    walk.in_review()

    assert walk.decision.assigned_to_id in walk.seniors
    assert walk.decision.possession_count == 1


@pytest.mark.promise("CASE-4")
def test_the_draw_takes_everybody_at_some_time(walk):
    walk.in_review()

    drawn = {reviews.draw(walk.case, walk.decision, who=_system(), now=now()).pk for _draw in range(12)}

    assert drawn == set(walk.seniors)


def _system():
    from recovery.actions.case_events import Who
    from recovery.enums import Actor

    return Who(Actor.SYSTEM)


@pytest.mark.promise("CASE-4")
def test_a_maker_who_is_also_a_senior_never_decides(clock, walk, lee):
    walk.maker = lee.user
    walk.in_review()
    assert walk.decision.assigned_to != lee.user
    walk.looked_at(clock)

    with pytest.raises(MayNotDecide):
        approve(walk, lee)


@pytest.mark.promise("CASE-4")
def test_everybody_who_ever_acted_as_an_agent_is_out(clock, walk, lee, kim):
    walk.opened(by=lee.user)
    questions.start_session(claim=walk.claim, by=walk.maker, origin=ORIGIN, now=now())
    walk.claim.refresh_from_db()
    walk.answered().stated().with_mail_code()

    assert set(reviews.eligible(walk.case, walk.decision)) == {kim.user}


@pytest.mark.promise("CASE-4")
def test_superusers_and_closed_log_ins_are_never_drawn(walk, lee, kim):
    lee.user.is_superuser = True
    lee.user.save(update_fields=["is_superuser"])
    kim.user.is_active = False
    kim.user.save(update_fields=["is_active"])

    walk.in_review()

    assert walk.decision.assigned_to is None


@pytest.mark.promise("CASE-4")
def test_a_senior_who_was_not_drawn_can_neither_open_nor_decide(clock, walk):
    walk.in_review().looked_at(clock)
    stranger = other_than(walk, walk.checker())

    with pytest.raises(NotYours):
        reviews.open_review(decision=walk.decision, by=stranger.user, origin=ORIGIN, now=now())
    with pytest.raises(NotYours):
        approve(walk, stranger)
    for action in (reviews.refuse, reviews.return_case, reviews.decline):
        with pytest.raises(NotYours):
            action(decision=walk.decision, reason=REASON, by=stranger.user, origin=ORIGIN, now=now())


@pytest.mark.promise("CASE-4")
@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR, Role.OPERATOR])
def test_only_seniors_decide(clock, walk, role):
    walk.in_review().looked_at(clock)

    with pytest.raises(NotAllowed):
        approve(walk, factories.staff("other", role))


@pytest.mark.promise("CASE-4")
def test_a_superuser_decides_nothing_even_when_drawn(clock, walk, caplog):
    walk.in_review().looked_at(clock)
    checker = walk.checker()
    checker.user.is_superuser = True
    checker.user.save(update_fields=["is_superuser"])

    with pytest.raises(NotAllowed):
        approve(walk, checker)
    assert "refused by role" in caplog.text


def test_an_approval_begins_the_waiting_period(clock, walk):
    walk.in_review().approved(clock)

    assert walk.state == State.COOLING
    assert (walk.case.until - walk.decision.decided_at).total_seconds() == 24 * 3600
    assert walk.decision.outcome == Verdict.APPROVED
    assert walk.decision.checker == walk.checker().user


def test_an_approval_before_the_shortest_review_is_refused(clock, walk):
    walk.in_review()
    checker = walk.checker()
    with pytest.raises(TooQuick):
        approve(walk, checker)
    reviews.open_review(decision=walk.decision, by=checker.user, origin=ORIGIN, now=now())
    clock.move(seconds=59)
    with pytest.raises(TooQuick):
        approve(walk, checker)

    clock.move(seconds=1)
    approve(walk, checker)

    assert walk.state == State.COOLING


def test_looking_again_does_not_start_the_review_anew(clock, walk):
    walk.in_review().looked_at(clock)
    opened = walk.decision.opened_at

    reviews.open_review(decision=walk.decision, by=walk.checker().user, origin=ORIGIN, now=now())

    assert walk.decision.opened_at == opened


@pytest.mark.parametrize("minutes", [-6, -2, 6])
def test_a_decision_takes_a_code_of_this_very_moment(clock, walk, minutes):
    walk.in_review().looked_at(clock)
    checker = walk.checker()

    with pytest.raises(CodeWrong):
        approve(walk, checker, code=checker.code(steps=2 * minutes))
    assert walk.state == State.REVIEW


def test_a_code_that_decided_one_case_decides_no_other(clock, walk, stranger):
    walk.in_review().approved(clock)
    checker = walk.checker()
    factories.customer("other")

    from accounts.actions.keys import key_codes
    from accounts.enums import CodePurpose

    with pytest.raises(CodeUsed):
        key_codes.spend_code(
            user=checker.user, code=checker.code(), purpose=CodePurpose.STEP_UP, origin=ORIGIN, now=now()
        )


@pytest.mark.parametrize("reason", ["", "fine", " " * 40])
def test_every_decision_says_why(clock, walk, reason):
    walk.in_review().looked_at(clock)
    checker = walk.checker()

    with pytest.raises(NotComplete):
        approve(walk, checker, reason=reason)
    for action in (reviews.refuse, reviews.return_case, reviews.decline):
        with pytest.raises(NotComplete):
            action(decision=walk.decision, reason=reason, by=checker.user, origin=ORIGIN, now=now())


@pytest.mark.parametrize(("length", "is_enough"), [(19, False), (20, True)])
def test_a_reason_has_twenty_signs_or_more(walk, length, is_enough):
    walk.in_review()
    reason = "a" * length + " " * 30
    assert ReasonForm({"reason": reason}).is_valid() is is_enough

    with nullcontext() if is_enough else pytest.raises(NotComplete):
        reviews.refuse(decision=walk.decision, reason=reason, by=walk.checker().user, origin=ORIGIN, now=now())

    assert walk.state == (State.REFUSED if is_enough else State.REVIEW)


def test_a_careful_case_needs_a_check_of_the_seniors_own(clock, walk):
    walk.in_review(Observed.PRESSURE).looked_at(clock)

    with pytest.raises(NotComplete):
        approve(walk, walk.checker(), own_check="")

    approve(walk, walk.checker())
    assert (walk.case.until - walk.decision.decided_at).days == 3


@pytest.mark.promise("CASE-4")
def test_much_amber_needs_two_seniors_and_the_second_is_another(clock, walk, lee, kim, agent):
    second = walk.opened().claim
    walk.opened(by=agent.user).in_session().answered()
    with pytest.raises(CaseNotOpen):
        questions.start_session(claim=second, by=agent.user, origin=ORIGIN, now=now())
    walk.stated(Observed.PRESSURE).with_mail_code()
    assert (walk.case.tier, walk.decision.two_seniors) == (3, True)
    first = walk.checker()

    walk.approved(clock)
    assert walk.state == State.REVIEW
    assert walk.checker().user != first.user
    with pytest.raises(MayNotDecide):
        approve(walk, first)
    clock.move(minutes=1)
    walk.approved(clock)

    assert walk.state == State.COOLING
    assert {walk.decision.checker, walk.decision.second_checker} == {lee.user, kim.user}
    assert (walk.case.until - walk.decision.decided_at).days == 7


def test_a_refused_case_ends_as_not_confirmed(clock, walk):
    walk.in_review()

    reviews.refuse(decision=walk.decision, reason=REASON, by=walk.checker().user, origin=ORIGIN, now=now())

    assert walk.state == State.REFUSED
    assert walk.decision.outcome == Verdict.REFUSED


def test_a_returned_case_needs_a_fresh_code_and_comes_back_without_new_questions(clock, walk):
    walk.in_review()
    reviews.return_case(decision=walk.decision, reason=REASON, by=walk.checker().user, origin=ORIGIN, now=now())
    assert walk.state == State.POSSESSION
    assert reviews.possession_of(walk.case) == {}

    walk.with_mail_code()

    assert walk.state == State.REVIEW
    assert walk.case.decisions.count() == 2


def test_a_case_is_returned_twice_at_most(clock, walk):
    walk.in_review()
    for _time in range(2):
        reviews.return_case(decision=walk.decision, reason=REASON, by=walk.checker().user, origin=ORIGIN, now=now())
        clock.move(minutes=20)
        walk.with_mail_code()

    with pytest.raises(CaseNotOpen):
        reviews.return_case(decision=walk.decision, reason=REASON, by=walk.checker().user, origin=ORIGIN, now=now())


def test_a_declined_review_goes_to_somebody_else(walk):
    walk.in_review()
    first = walk.checker().user

    chosen = reviews.decline(decision=walk.decision, reason=REASON, by=first, origin=ORIGIN, now=now())

    assert chosen != first
    assert walk.decision.assigned_to == chosen


def test_what_was_decided_is_not_decided_again(clock, walk):
    walk.in_review().approved(clock)

    with pytest.raises(CaseNotOpen):
        approve(walk, walk.checker())


def test_a_contested_case_is_refused_by_two_seniors(clock, walk, lee, kim, agent):
    walk.in_review()
    case = objections.stop_signed_in(user=walk.case.subject, origin=ORIGIN, now=now())

    def refuse(by, reason=REASON):
        return objections.refuse_contested(case=case, reason=reason, by=by, origin=ORIGIN, now=now())

    with pytest.raises(NotComplete):
        refuse(lee.user, reason="no")
    with pytest.raises(NotAllowed):
        refuse(agent.user)
    refuse(lee.user)
    assert walk.state == State.CONTESTED
    with pytest.raises(MayNotDecide):
        refuse(lee.user)
    refuse(kim.user)

    assert walk.state == State.REFUSED
    with pytest.raises(CaseNotOpen):
        refuse(kim.user)
