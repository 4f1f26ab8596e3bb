"""What the sign-in page asks while it waits for the phone, and what that costs."""

import pytest
from django.test import Client

from accounts.models import Key, PlatformSession, PushChallenge
from tests import factories
from tests.accounts.test_sign_in_approval import poll, start
from tests.factories import Person
from tests.phone import Phone

pytestmark = pytest.mark.django_db


def test_a_poll_costs_one_statement_few_bytes_and_no_session(
    client: Client, pixel: Phone, ada: Person, django_assert_num_queries: object
) -> None:
    start(client, ada)

    with django_assert_num_queries(1):
        answer = client.get(f"/login/waiting/?{client.sign_in_page.partition('?')[2]}")

    assert answer.content == b'{"state": "waiting"}'
    assert sum(len(name) + len(value) + 4 for name, value in answer.items()) + len(answer.content) < 400
    assert not answer.cookies
    assert PlatformSession.objects.count() == 0


def test_who_waits_for_nothing_costs_no_statement(
    client: Client, ada: Person, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/login/waiting/").json() == {"state": ""}
    start(client, ada)
    with django_assert_num_queries(0):
        assert poll(client) == ""


@pytest.mark.parametrize("forged", ["", "v1:dev:AAAA", "nonsense", '{"asked": {"reference": "x"}}'])
def test_a_forged_cookie_waits_for_nothing(client: Client, pixel: Phone, ada: Person, forged: str) -> None:
    start(client, ada)
    client.cookies[factories.pending_cookie(client)] = forged

    assert poll(client) == ""


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_poll_is_a_get(client: Client, method: str) -> None:
    assert getattr(client, method)("/login/waiting/").status_code == 405


def test_a_poll_keeps_nobody_signed_in_and_changes_no_row(client: Client, pixel: Phone, ada: Person) -> None:
    before = Key.objects.get(phone__isnull=False).last_used_at
    start(client, ada)
    rows = list(PushChallenge.objects.values())

    poll(client)

    assert list(PushChallenge.objects.values()) == rows
    assert Key.objects.get(phone__isnull=False).last_used_at == before
