"""Nobody learns from the time of a refusal whose name exists: the same work, statement for statement.

Clocks lie on a busy machine, so nothing here is timed. What takes the time is counted instead: password
hashes by their cost, and statements by their shape.
"""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.sign_in import known_browsers
from accounts.enums import Realm, Role
from accounts.models import User
from tests import factories
from tests.accounts.hash_work import PRESENT, Work, hash_with
from tests.conftest import DEAR, Clock
from tests.factories import Person

pytestmark = [
    pytest.mark.usefixtures("dear_hashes"),
    pytest.mark.django_db,
    pytest.mark.promise("SIGN-8"),
    pytest.mark.promise("LOCK-7"),
]
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\bNULL\b")
ROUNDING = DEAR["time_cost"]  # KiB times passes; the filling takes whole KiB


def known() -> Person:
    return factories.customer("known")


def changed(**fields: object) -> Callable[[], Person]:
    def person() -> Person:
        made = factories.customer("known")
        User.objects.filter(pk=made.user.pk).update(**fields)
        return made

    return person


CLASSES = {
    "known": known,
    "without a Key": lambda: factories.customer("known", has_key=False),
    "on hold": changed(suspended_at="2026-03-01T00:00Z"),
    "inactive": changed(is_active=False),
    "on paper": lambda: factories.customer("known", realm=Realm.PAPER),
    "staff": lambda: factories.staff("known", Role.AGENT),
    "half the memory": changed(password=hash_with("other", 9_728, 2)),
    "one pass": changed(password=hash_with("other", 19_456, 1)),
    "an odd cost": changed(password=hash_with("other", 10_007, 1)),
}


class Look:
    """What one wrong try at a name costs: the sum of its hashes, and its statements without their values."""

    def __init__(self, work: Work, name: str, **headers: str) -> None:
        work.clear()
        client = Client()
        client.cookies[known_browsers.cookie_name()] = headers.pop("browser", "a-browser-nobody-knows")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = factories.type_password(client, name, "Wrong-Password-1", **headers)
        self.hashed = sum(work.done)
        self.statements = [LITERAL.sub("?", query["sql"]) for query in captured.captured_queries]
        self.answer = (answer.status_code, sorted(answer.headers.keys()), len(answer.content))


@pytest.mark.parametrize("kind", CLASSES)
def test_a_wrong_try_costs_the_same_whoever_it_names(kind: str, clock: Clock, work: Work):
    CLASSES[kind]()

    for number in range(settings.PORTAL_FAILURE_LIMIT + 2):
        real, unreal = Look(work, "known"), Look(work, "knowm")

        assert real.statements == unreal.statements
        assert real.answer == unreal.answer
        assert abs(real.hashed - unreal.hashed) < ROUNDING
        assert unreal.hashed == (PRESENT if number < settings.PORTAL_FAILURE_LIMIT else 0)


def test_a_browser_that_is_known_for_a_name_does_not_change_the_cost(ada: Person, clock: Clock, work: Work):
    """Only its budget differs: the network's is not asked, which the owner of the browser may know."""
    home = Client()
    factories.sign_in(home, ada)
    cookie = home.cookies[known_browsers.cookie_name()].value

    own, foreign = Look(work, "ada", browser=cookie), Look(work, "nobody", browser=cookie)

    assert len(own.statements) == len(foreign.statements)
    assert own.hashed == foreign.hashed == PRESENT


@pytest.mark.parametrize("realm", Realm.values)
def test_the_door_does_not_change_the_cost(ada: Person, clock: Clock, work: Work, realm: str):
    looks = [Look(work, name, realm=realm) for name in ("ada", "nobody")]

    assert looks[0].statements == looks[1].statements
    assert looks[0].hashed == looks[1].hashed == PRESENT


@pytest.mark.parametrize("name", ["ada", "nobody"])
@pytest.mark.parametrize("password", ["x", "Wrong-1", "🙂" * 128])
def test_every_password_that_is_read_costs_one_hash(ada: Person, work: Work, name: str, password: str):
    factories.type_password(Client(), name, password)

    assert work.done == [PRESENT]


@pytest.mark.parametrize("name", ["ada", "nobody"])
@pytest.mark.parametrize("password", ["", "x" * 129, "x" * 100_000])
def test_what_cannot_be_a_password_costs_none(ada: Person, work: Work, name: str, password: str):
    factories.type_password(Client(), name, password)

    assert work.done == []
