"""Who may do what at the desk: every address, for everybody, reading and writing."""

import pytest
from django.test import Client

from accounts.enums import Role
from recovery.enums import State
from recovery.models import Case, Event
from tests import factories
from tests.factories import signed_in
from tests.recovery.desk import every_url, step_url

pytestmark = [pytest.mark.promise("CASE-8"), pytest.mark.asvs("8.2.1")]

TO_SIGN_IN, SHOWN, DONE, FORBIDDEN, NOT_NOW, NO_SUCH_WAY = 302, 200, 302, 403, 409, 405
READ = {"changelist", "case"}
DOORS = {"open", "start", "take"}
DECIDING = {"approve", "return", "refuse", "decline"}
OF_SENIORS = {"refuse-papers", "refuse-contested"}


def a_case_in_review(walk):
    return walk.in_review().case


@pytest.fixture
def people(walk, holder, agent, auditor, operator, lee, kim):
    """A case in review, and everybody who might come to its pages."""
    case = a_case_in_review(walk)
    drawn = walk.checker()
    superuser = factories.staff("sue", Role.SENIOR)
    superuser.user.is_superuser = True
    superuser.user.save(update_fields=["is_superuser"])
    everybody = {
        "customer": factories.customer("mallory"),
        "agent": agent,
        "another agent": factories.staff("omar", Role.AGENT),
        "drawn senior": drawn,
        "another senior": next(senior for senior in (lee, kim) if senior != drawn),
        "auditor": auditor,
        "operator": operator,
        "superuser": superuser,
    }
    return case, {"nobody": Client()} | {name: signed_in(person) for name, person in everybody.items()}


def expected_get(who: str, name: str) -> int:
    if who == "nobody":
        return TO_SIGN_IN
    if who in {"customer", "operator", "superuser"}:
        return FORBIDDEN
    if name in {"changelist", *DOORS}:
        return FORBIDDEN if who == "auditor" and name in DOORS else SHOWN
    if who in {"another agent", "another senior"}:
        return FORBIDDEN
    return SHOWN if name == "case" else expected_step(who, name)


def expected_step(who: str, name: str) -> int:
    """What a step of a case in review answers to those who see the case."""
    if who == "auditor":
        return FORBIDDEN
    if name == "contest":
        return SHOWN
    if who == "drawn senior":
        if name in {"review", *DECIDING - {"approve"}}:
            return SHOWN
        return NOT_NOW if name in {"approve", "papers", *OF_SENIORS} else FORBIDDEN
    return FORBIDDEN if name in {*DECIDING, "review", *OF_SENIORS} else NOT_NOW


@pytest.fixture
def before(people):
    case, _clients = people
    return lambda: (Event.objects.filter(case=case).count(), Case.objects.get(pk=case.pk).version)


def test_reading_is_for_whom_the_matrix_says_and_changes_nothing(people, before):
    case, clients = people
    at_first = before()

    found = {
        (who, name): client.get(url).status_code
        for who, client in clients.items()
        for name, url in every_url(case).items()
    }

    assert found == {(who, name): expected_get(who, name) for who, name in found}
    assert before() == at_first


@pytest.mark.asvs("3.5.3")
def test_nothing_is_changed_by_looking(people, before):
    case, clients = people
    at_first = before()

    for client in clients.values():
        for url in every_url(case).values():
            client.head(url)
            client.options(url)

    assert before() == at_first


def test_writing_is_for_whom_the_matrix_says(people, before):
    case, clients = people
    at_first = before()
    outsiders = {who: client for who, client in clients.items() if who != "drawn senior"}

    found = {
        (who, name): client.post(url, {"version": case.version, "reason": "a" * 30}).status_code
        for who, client in outsiders.items()
        for name, url in every_url(case).items()
        if name not in DOORS and (who, name) != ("agent", "contest")  # theirs to do: test_second_claims.py
    }

    assert {key: status for key, status in found.items() if status not in expected_posts(*key)} == {}
    assert before() == at_first


def expected_posts(who: str, name: str) -> set[int]:
    if who == "nobody":
        return {TO_SIGN_IN}
    if who == "agent":
        blocked = FORBIDDEN if name in {*DECIDING, "review", *OF_SENIORS} else NOT_NOW
        return {NO_SUCH_WAY} if name in READ else {blocked}
    if who in {"another agent", "another senior"}:
        return {NO_SUCH_WAY} if name in READ else {FORBIDDEN}
    return {FORBIDDEN}


def test_an_auditor_posts_nothing_anywhere(people):
    case, clients = people

    statuses = {name: clients["auditor"].post(url).status_code for name, url in every_url(case).items()}

    assert set(statuses.values()) == {FORBIDDEN}


def test_there_is_no_page_to_add_edit_or_delete_a_case(people):
    case, clients = people
    base = "/admin/recovery/case/"

    found = [
        clients[who].get(f"{base}{rest}").status_code
        for who in ("agent", "drawn senior", "auditor")
        for rest in ("add/", f"{case.pk}/delete/", f"{case.pk}/history/", f"{case.pk}/change/")
    ]

    assert set(found) == {404}


@pytest.mark.parametrize("guess", ["kind=phantom", "kind__exact=phantom", "tier=2", "knowledge__gte=1", "subject=1"])
def test_the_queue_cannot_be_filtered_by_what_nobody_may_know(agent, walk, guess):
    walk.opened()

    assert signed_in(agent).get(f"/admin/recovery/case/?{guess}").status_code == 400


@pytest.mark.asvs("3.5.1")
def test_every_step_needs_the_token_of_its_page(people):
    case, _clients = people
    strict = signed_in(factories.staff("ned", Role.AGENT))
    strict.handler.enforce_csrf_checks = True

    statuses = {
        name: strict.post(url, {"version": case.version}).status_code
        for name, url in every_url(case).items()
        if name not in READ
    }

    assert set(statuses.values()) == {FORBIDDEN}


@pytest.mark.asvs("8.3.2")
def test_a_role_that_is_taken_away_ends_at_once(walk, agent):
    case = walk.in_session().case
    client = signed_in(agent)
    assert client.get(step_url(case, "ask")).status_code == SHOWN

    agent.user.groups.clear()

    assert client.get(step_url(case, "ask")).status_code == FORBIDDEN
    assert walk.state == State.VERIFYING
