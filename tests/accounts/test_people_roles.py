"""Roles of staff: groups that are always there, with what they may read and no more."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.checks import run_checks
from django.core.management import call_command

from accounts.actions import roles
from accounts.enums import Role
from accounts.models import User
from portal.lib import db_triggers
from tests import factories


def staff(*of: Role) -> User:
    user = factories.staff("dana", Role.OPERATOR).user
    user.groups.set(Group.objects.filter(name__in=[role.value for role in of]))
    return user


def rights(role: Role) -> set[str]:
    return set(Permission.objects.filter(group__name=role.value).values_list("codename", flat=True))


def test_every_role_is_a_group_that_may_only_look(db):
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)
    assert all(right.startswith("view_") for role in Role for right in rights(role))


def test_operators_see_the_record_but_not_the_customers(db):
    assert {"view_securityevent", "view_throttle"} <= rights(Role.OPERATOR)
    assert "view_customer" not in rights(Role.OPERATOR)
    assert "view_customer" in rights(Role.AUDITOR)


@pytest.mark.promise("CASE-8")
@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR])
def test_who_answers_calls_has_no_list_of_people(db, role):
    of_accounts = Permission.objects.filter(group__name=role.value, content_type__app_label="accounts")

    assert set(of_accounts.values_list("codename", flat=True)) == {"view_report", "view_networkrequest"}


@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR])
def test_who_works_on_cases_does_not_read_the_record(db, role):
    assert not {"view_securityevent", "view_notice"} & rights(role)


def test_groups_that_went_missing_or_got_more_are_mended(db):
    Group.objects.get(name=Role.AUDITOR.value).delete()
    Group.objects.get(name=Role.AGENT.value).permissions.add(Permission.objects.get(codename="delete_customer"))

    roles.ensure_roles()

    assert "view_securityevent" in rights(Role.AUDITOR)
    assert "delete_customer" not in rights(Role.AGENT)


def test_migrating_again_brings_the_groups_back(db):
    Group.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)


def test_a_role_replaces_the_one_before(db):
    dana = staff(Role.AGENT)

    roles.give_role(dana, Role.AUDITOR)

    assert [group.name for group in dana.groups.all()] == ["auditor"]


@pytest.mark.parametrize(
    ("pair", "complaints"),
    [
        ((Role.AGENT, Role.AUDITOR), ["accounts.E001"]),
        ((Role.SENIOR, Role.AUDITOR), ["accounts.E001"]),
        ((Role.AGENT, Role.OPERATOR), []),
        ((Role.AUDITOR,), []),
    ],
)
def test_the_check_finds_who_makes_the_record_and_checks_it(db, pair, complaints):
    db_triggers.remove()  # an older database, from before they were there
    staff(*pair)

    found = run_checks(databases=["default"])

    assert [message.id for message in found if message.id == "accounts.E001"] == complaints


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["before a flush of the tables", "after it"])
def test_the_groups_outlive_a_flush_of_all_tables(time):
    assert "view_securityevent" in rights(Role.AUDITOR)
