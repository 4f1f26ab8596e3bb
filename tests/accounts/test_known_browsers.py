"""The value a browser is known by: ours alone, and one for each person."""

import pytest
from django.test import Client

from accounts.actions.sign_in import known_browsers
from accounts.models import KnownBrowser
from tests import factories
from tests.conftest import Clock
from tests.factories import Person

pytestmark = [pytest.mark.django_db, pytest.mark.promise("LOCK-5")]


def carried(client: Client) -> str:
    return client.cookies[known_browsers.cookie_name()].value


def sign_in_and_leave(client: Client, person: Person) -> str:
    assert factories.sign_in(client, person).status_code == 302
    client.post("/logout/")
    return carried(client)


@pytest.mark.parametrize("planted", ["planted", "a.b.c.d.e", "." * 500, "planted." + "x" * 3000])
def test_a_value_somebody_else_planted_is_worth_nothing(ada: Person, clock: Clock, planted: str) -> None:
    client = Client()
    client.cookies[known_browsers.cookie_name()] = planted

    assert len(sign_in_and_leave(client, ada)) < 4000

    assert known_browsers.browser_scope_of(carried(client), "ada", now=clock.now) != known_browsers.UNKNOWN_BROWSER
    assert known_browsers.browser_scope_of(planted, "ada", now=clock.now) == known_browsers.UNKNOWN_BROWSER


def test_two_people_with_one_browser_are_known_both(ada: Person, mallory: Person, clock: Clock) -> None:
    client = Client()
    sign_in_and_leave(client, ada)
    cookie = sign_in_and_leave(client, mallory)

    scopes = {known_browsers.browser_scope_of(cookie, name, now=clock.now) for name in ("ada", "mallory", "nobody")}

    assert len(scopes) == 3
    assert KnownBrowser.objects.count() == 2


def test_a_sixth_person_takes_the_place_of_the_first(clock: Clock) -> None:
    client, people = Client(), [factories.customer(f"person{number}") for number in range(6)]
    for person in people:
        sign_in_and_leave(client, person)

    known = [
        known_browsers.browser_scope_of(carried(client), f"person{number}", now=clock.now)
        != known_browsers.UNKNOWN_BROWSER
        for number in range(6)
    ]

    assert known == [False] + [True] * 5
