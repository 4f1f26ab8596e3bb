"""What two people at the same moment may do to a case: what one of them may."""

import pytest

from accounts.enums import Role
from accounts.models import FormerPassword, Key
from accounts.refusals import Refusal
from portal.audit import hash_chain
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from recovery.actions import claims, completion, grants, objections, questions, reviews, timers
from recovery.enums import State
from recovery.models import Case, Event, Hold, RecoveryGrant
from recovery.refusals import GrantInvalid, GrantPartWrong
from tests import factories
from tests.races import at_once, done
from tests.recovery.conftest import ORIGIN, REASON, now, right_answer

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.promise("CASE-6")
def test_of_four_tabs_that_finish_at_once_exactly_one_succeeds(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    choices = [f"Nine-Lanterns-Over-Water-{number}" for number in range(4)]
    prepared = [completion.choose_password(grant=walk.grant, new_password=typed, now=now()) for typed in choices]
    walk.prepared()
    key = walk.new_key()

    def finish(number: int) -> object:
        return completion.complete(grant=walk.grant, prepared=prepared[number], key=key, origin=ORIGIN, now=now())

    results = at_once(*(lambda number=number: finish(number) for number in range(4)))

    assert done(results) == 1
    assert walk.state == State.HOLD
    assert Key.objects.filter(user=holder.user, confirmed=True).count() == 1
    assert FormerPassword.objects.filter(user=holder.user).count() == 1
    assert Hold.objects.filter(case=walk.case).count() == Event.objects.filter(action="completed").count() * 8
    assert list(hash_chain.faults()) == []


@pytest.mark.promise("CASE-6")
def test_of_ten_wrong_halves_at_once_three_are_looked_at(clock, walk):
    walk.ready(clock).started()

    def wrong() -> object:
        return grants.open_grant(
            claim=walk.claim,
            first_part=walk.first_part,
            second_part="2222 2222",
            browser=walk.browser,
            origin=ORIGIN,
            now=now(),
        )

    results = at_once(*[wrong] * 10)

    assert all(isinstance(result, GrantInvalid) for result in results)
    assert Throttle.objects.get(limit="grant-part").used == 3
    assert sum(isinstance(result, GrantPartWrong) for result in results) == 2
    assert RecoveryGrant.objects.get().revoked_at == clock.now


@pytest.mark.promise("CASE-1")
def test_ten_claims_at_once_make_one_case(walk):
    def opened() -> object:
        return claims.open_claim(username="ada", lost=[], contact="", browser="b", by=None, origin=ORIGIN, now=now())

    results = at_once(*[opened] * 10)

    assert done(results) == 10
    assert Case.objects.count() == 1
    assert Case.objects.get().claims.count() == 10
    assert list(hash_chain.faults()) == []


def test_two_agents_who_start_at_once_get_one_session(walk):
    walk.opened()
    omar = factories.staff("omar", Role.AGENT).user

    def start(by: object) -> object:
        return questions.start_session(
            claim=claims.Claim.objects.get(pk=walk.claim.pk), by=by, origin=ORIGIN, now=now()
        )

    results = at_once(lambda: start(walk.maker), lambda: start(omar))

    assert done(results) == 1
    assert walk.claim.items.count() == 9


@pytest.mark.promise("CASE-2")
def test_one_question_answered_twice_at_once_is_answered_once(walk):
    walk.in_session()
    item = walk.claim.items.first()

    def answered() -> object:
        return questions.record_answer(item=item, answer=right_answer(item), by=walk.maker, origin=ORIGIN, now=now())

    assert done(at_once(*[answered] * 4)) == 1
    assert walk.claim.evidence.count() == 1


@pytest.mark.promise("CASE-5")
def test_a_stop_and_a_completion_at_once_never_leave_a_stranger_with_the_account(clock, walk, holder):
    walk.ready(clock).started().opened_grant()

    results = at_once(
        walk.completed,
        lambda: objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now()),
    )

    holder.user.refresh_from_db()
    is_new = Key.objects.filter(user=holder.user, confirmed=True, name="New phone").exists()
    assert walk.state == State.CONTESTED
    assert not isinstance(results[1], Refusal)
    assert is_new is (holder.user.suspended_at is not None)


@pytest.mark.promise("CASE-4")
def test_two_approvals_of_one_senior_at_once_are_one_approval(clock, walk):
    walk.in_review().looked_at(clock)
    checker, decision = walk.checker(), walk.decision
    code = checker.code()

    def approved() -> object:
        return reviews.approve(
            decision=decision, reason=REASON, own_check="Yes.", code=code, by=checker.user, origin=ORIGIN, now=now()
        )

    assert done(at_once(approved, approved)) == 1
    assert Event.objects.filter(action="approved").count() == 1


def test_four_workers_at_once_move_and_tell_once(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    clock.move(hours=72)

    at_once(*[lambda: timers.tick(clock.now)] * 4)

    assert walk.state == State.EXPIRED
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["case_closed", "case_started"]
    assert list(hash_chain.faults()) == []
