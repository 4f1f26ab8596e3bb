"""Why sign-in was refused after the right password is kept for the desk; nothing else leaves a trace."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import suspension
from accounts.actions.sign_in.refused import MOST_KEPT
from accounts.models import SignInRefusal
from tests import factories
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


def causes() -> list[str]:
    return list(SignInRefusal.objects.order_by("-pk").values_list("cause", flat=True))


def test_a_wrong_password_leaves_nothing_and_costs_the_same_as_an_unknown_name(ada: Person, clock: Clock):
    costs = []
    for name in ("ada", "ida"):
        with CaptureQueriesContext(connection) as statements:
            factories.type_password(Client(), name, "wrong")
        costs.append(len(statements))

    assert causes() == []
    assert costs[0] == costs[1]


@pytest.mark.parametrize(("realm", "kept"), [("live", ["W1"]), ("paper", [])])
def test_the_wrong_realm_is_kept_for_the_right_password(ada_on_paper: Person, clock: Clock, realm: str, kept):
    factories.type_password(Client(), "ada-paper", ada_on_paper.password, realm=realm)

    assert causes() == kept


def test_a_stopped_account_is_kept_with_device_and_address(ada: Person, clock: Clock):
    suspension.suspend(ada.user, reason="x", by=None, origin=None, now=clock.now)
    browser = Client(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0")

    factories.type_password(browser, "ada", ada.password)

    row = SignInRefusal.objects.get()
    assert (row.user, row.cause, row.address, row.at) == (ada.user, "L2", "203.0.113.9", clock.now)
    assert "Firefox" in row.device


@pytest.mark.promise("KEY-10")
def test_the_drift_of_a_refused_code_is_kept(ada: Person, clock: Clock):
    factories.sign_in(Client(), ada, code=ada.code(steps=-14))

    row = SignInRefusal.objects.get()
    assert (row.cause, row.drift_seconds) == ("K2", -420)


def test_a_wrong_code_is_kept_and_the_code_is_not(ada: Person, clock: Clock):
    factories.sign_in(Client(), ada, code="000000")

    row = SignInRefusal.objects.get()
    assert (row.cause, row.drift_seconds) == ("K1", None)
    assert "000000" not in str([getattr(row, field.name) for field in row._meta.fields])


def test_the_newest_are_kept_and_those_of_others_stay(ada: Person, mallory: Person, clock: Clock):
    factories.sign_in(Client(), mallory, code="000000")
    suspension.suspend(ada.user, reason="x", by=None, origin=None, now=clock.now)
    for _ in range(MOST_KEPT + 3):
        clock.move(seconds=1)
        factories.type_password(Client(), "ada", ada.password)

    mine = SignInRefusal.objects.filter(user=ada.user)
    assert mine.count() == MOST_KEPT
    assert (clock.now - mine.earliest("at").at).total_seconds() == MOST_KEPT - 1
    assert SignInRefusal.objects.filter(user=mallory.user).count() == 1
