"""Roles are given by somebody else, the weighty ones by two (FIRM-1)."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from accounts.actions import roles
from accounts.actions.staff import role_changes
from accounts.actions.staff.invitations import NewPerson
from accounts.enums import Role
from accounts.models import RoleChange, User
from accounts.staff_refusals import AlreadyDone, HasLeft, OwnMatter, RolesApart, RoleWaiting
from tests import factories
from tests.accounts.staff_work import ORIGIN, how, invite, role_of, told_operators
from tests.conftest import Clock
from tests.factories import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-1"), pytest.mark.asvs("2.3.5")]


@pytest.fixture
def second(db: None) -> Person:
    """Another operator."""
    return factories.staff("olga", Role.OPERATOR)


def ask(user: User, role: Role, by: Person | None) -> RoleChange:
    return role_changes.ask(user=user, role=role, **how(by))


def test_an_only_operator_gives_every_role(operator: Person, agent: Person, clock: Clock):
    change = ask(agent.user, Role.SENIOR, operator)

    assert (change.takes_two, role_of(agent.user)) == (False, ["senior"])


@pytest.mark.parametrize("role", [Role.SENIOR, Role.AUDITOR, Role.OPERATOR])
@pytest.mark.parametrize("by", ["an operator", "the command line"])
def test_weighty_roles_wait_for_a_second_operator(operator, second, agent, clock: Clock, role: Role, by: str):
    change = ask(agent.user, role, operator if by == "an operator" else None)
    assert role_of(agent.user) == ["agent"]
    assert told_operators("role_asked") == ["olga", "root"]

    role_changes.give(change=change, by=second.user, origin=ORIGIN, now=clock.now)

    assert role_of(agent.user) == [str(role)]


def test_an_agent_takes_one(operator: Person, second: Person, clock: Clock):
    assert role_of(invite(operator).invitation.user) == ["agent"]


def test_nobody_confirms_what_they_asked_for(operator: Person, second: Person, agent: Person, clock: Clock):
    change = ask(agent.user, Role.SENIOR, operator)

    with pytest.raises(OwnMatter):
        role_changes.give(change=change, by=operator.user, origin=ORIGIN, now=clock.now)
    assert role_of(agent.user) == ["agent"]


def test_nor_with_another_username_of_theirs(operator: Person, second: Person, agent: Person, clock: Clock):
    twin = invite(None, username="root-two", person=NewPerson(same_as=operator.user)).invitation.user
    roles.give_role(twin, Role.OPERATOR)
    change = ask(agent.user, Role.SENIOR, operator)

    with pytest.raises(OwnMatter):
        role_changes.give(change=change, by=twin, origin=ORIGIN, now=clock.now)


def test_nobody_gives_themselves_a_role(operator: Person, second: Person, clock: Clock):
    factories.staff("oscar", Role.OPERATOR)
    with pytest.raises(OwnMatter):
        ask(operator.user, Role.AUDITOR, operator)
    change = ask(operator.user, Role.AUDITOR, second)
    with pytest.raises(OwnMatter):
        role_changes.give(change=change, by=operator.user, origin=ORIGIN, now=clock.now)


def test_a_role_is_decided_once(operator: Person, second: Person, agent: Person, clock: Clock):
    change = ask(agent.user, Role.SENIOR, operator)
    role_changes.refuse(change=change, by=second.user, origin=ORIGIN, now=clock.now)

    with pytest.raises(AlreadyDone):
        role_changes.give(change=change, by=second.user, origin=ORIGIN, now=clock.now)
    assert told_operators("role_refused") == ["olga", "root"]


def test_who_asked_may_take_it_back(operator: Person, second: Person, agent: Person, clock: Clock):
    change = ask(agent.user, Role.SENIOR, operator)
    with pytest.raises(RoleWaiting):
        ask(agent.user, Role.AUDITOR, operator)

    role_changes.refuse(change=change, by=operator.user, origin=ORIGIN, now=clock.now)

    assert ask(agent.user, Role.AUDITOR, operator)


@pytest.mark.parametrize(("has", "wanted"), [(Role.AGENT, Role.AUDITOR), (Role.AUDITOR, Role.SENIOR)])
def test_one_person_never_makes_the_record_and_checks_it(operator: Person, clock: Clock, has: Role, wanted: Role):
    first = factories.staff("nora", has)
    twin = invite(operator, username="nora-two", role=Role.OPERATOR, person=NewPerson(same_as=first.user))

    with pytest.raises(RolesApart):
        ask(twin.invitation.user, wanted, operator)


def by_the_orm(user: User, role: Group) -> None:
    user.groups.add(role)


def by_raw_sql(user: User, role: Group) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user_groups SET group_id = %s WHERE user_id = %s", [role.pk, user.pk])


@pytest.mark.parametrize("write", [by_the_orm, by_raw_sql])
def test_the_database_refuses_it_too(operator: Person, clock: Clock, write: Callable[[User, Group], None]):
    first = factories.staff("nora", Role.AUDITOR)
    twin = invite(operator, username="nora-two", role=Role.OPERATOR, person=NewPerson(same_as=first.user))
    user, senior = twin.invitation.user, Group.objects.get(name="senior")

    with pytest.raises(IntegrityError, match="roles kept apart"), transaction.atomic():
        write(user, senior)


def test_the_database_refuses_a_role_given_by_one_where_it_takes_two(operator, second, agent, clock: Clock):
    change = ask(agent.user, Role.SENIOR, operator)

    for by in (None, operator.user, agent.user):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleChange.objects.filter(pk=change.pk).update(outcome="given", decided_by=by, decided_at=clock.now)


def test_who_has_left_gets_no_role(operator: Person, agent: Person, clock: Clock):
    User.objects.filter(pk=agent.user.pk).update(is_active=False)

    with pytest.raises(HasLeft):
        ask(agent.user, Role.SENIOR, operator)


def test_a_role_replaces_the_one_before(operator: Person, agent: Person, clock: Clock):
    ask(agent.user, Role.AUDITOR, operator)

    assert role_of(agent.user) == ["auditor"]
