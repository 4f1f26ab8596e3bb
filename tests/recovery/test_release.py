"""What a member of staff has in hand goes to others when they stop (FIRM-1)."""

import pytest

from accounts.actions.staff import leaving, role_changes
from accounts.enums import Role
from accounts.models import Customer, User
from portal.audit import hash_chain
from recovery.actions import assignment, reviews
from recovery.enums import State
from recovery.models import Decision
from tests import factories
from tests.recovery.conftest import ORIGIN, now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-1", "CASE-8")]


def suspend(user: User) -> None:
    leaving.suspend(user=user, reason="on leave", by=None, origin=None, now=now())


def leave(user: User) -> None:
    leaving.leave(user=user, reason="resigned", by=None, origin=None, now=now())


def become_auditor(user: User) -> None:
    role_changes.ask(user=user, role=Role.AUDITOR, by=None, origin=None, now=now())


@pytest.mark.parametrize("stop", [suspend, leave, become_auditor])
def test_a_case_in_hand_goes_back_to_the_queue(walk, agent, clock, stop):
    walk.opened()
    taken = assignment.take_next(by=agent.user, origin=ORIGIN, now=now())
    assert taken.maker == agent.user

    stop(agent.user)

    taken.refresh_from_db()
    assert taken.maker is None
    assert taken.events.latest("n").action == "given_back"
    omar = factories.staff("omar", Role.AGENT)
    assert assignment.take_next(by=omar.user, origin=ORIGIN, now=now()) == taken
    assert not list(hash_chain.faults())


def test_a_case_with_a_filed_statement_stays_as_it_is(walk, agent, clock):
    case = walk.in_review().case

    suspend(agent.user)

    case.refresh_from_db()
    assert (case.maker, case.state) == (agent.user, State.REVIEW)


def test_a_review_is_drawn_again_among_those_who_are_left(walk, lee, kim, clock):
    case = walk.in_review().case
    drawn = Decision.objects.get(case=case).assigned_to
    other = next(senior.user for senior in (lee, kim) if senior.user != drawn)

    suspend(drawn)

    assert Decision.objects.get(case=case).assigned_to == other
    suspend(other)
    assert Decision.objects.get(case=case).assigned_to is None


def test_the_same_person_with_another_username_never_decides(walk, agent, lee, kim, clock):
    case = walk.in_review().case
    User.objects.filter(pk=kim.user.pk).update(suspended_at=now())
    twin = User.objects.create(
        username="dana-two", email="dana@example.test", is_staff=True, employee=agent.user.employee
    )
    twin.groups.set(lee.user.groups.all())

    assert list(reviews.eligible(case, Decision.objects.get(case=case))) == [lee.user]


def test_a_colleague_never_decides_their_own_recovery(walk, holder, lee, kim, clock):
    case = walk.in_review().case
    lee.user.employee.customer = Customer.objects.get(users=holder.user)
    lee.user.employee.save()

    assert list(reviews.eligible(case, Decision.objects.get(case=case))) == [kim.user]
