"""Who has no Key: customers set one up, staff are told, and whoever has another second factor gives that."""

import pytest
from django.test import Client

from accounts.models import BackupCode, Key, Passkey, PlatformSession
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = pytest.mark.django_db


@pytest.mark.promise("SIGN-7")
def test_a_customer_without_a_key_sets_one_up_and_gets_nowhere_else(client: Client, ben: Person) -> None:
    answer = factories.sign_in(client, ben)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/key/setup/")
    assert client.get(answer["Location"]).status_code == 200
    assert PlatformSession.objects.count() == 0
    assert client.get("/")["Location"].startswith("/login/")


@pytest.mark.promise("SIGN-7")
def test_nobody_sets_a_key_up_without_the_right_password(client: Client, ben: Person) -> None:
    factories.type_password(client, "ben", "wrong")

    assert client.get("/key/setup/")["Location"].startswith("/login/")


@pytest.mark.parametrize("proof", ["passkey", "backup code"])
def test_who_has_another_second_factor_is_asked_for_that(client: Client, ben: Person, clock: Clock, proof: str) -> None:
    if proof == "passkey":
        Passkey.objects.create(user=ben.user, credential_id="c", created_at=clock.now)
    else:
        BackupCode.objects.create(user=ben.user, digest="d", created_at=clock.now)

    answer = factories.type_password(client, "ben", ben.password)

    assert "otp_token" in answer.content.decode()


def test_staff_without_a_key_are_told_so(client: Client, agent: Person) -> None:
    Key.objects.all().delete()

    answer = factories.sign_in(client, agent)

    assert cause_of(answer) == "V3"
    assert client.get("/key/setup/")["Location"].startswith("/login/")
