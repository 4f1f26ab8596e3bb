"""Ways round the sign-in page: a password typed long ago or used before, and where a sign-in leads to."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import PlatformSession
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = pytest.mark.django_db


@pytest.mark.promise("SIGN-3")
def test_a_kept_cookie_gives_no_more_time(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", ada.password)
    name = f"pending-{client.sign_in_page.partition('=')[2]}"
    pending = client.cookies[name].value
    clock.move(minutes=settings.PORTAL_SIGN_IN_MINUTES, seconds=1)
    client.cookies[name] = pending

    answer = factories.type_code(client, ada.code())

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 0


@pytest.mark.promise("SIGN-3")
def test_the_password_proves_one_sign_in_and_no_other(ada: Person, clock: Clock) -> None:
    owner, thief = Client(), Client()
    factories.type_password(owner, "ada", ada.password)
    factories.copy_sign_in(owner, thief)
    clock.move(seconds=5)
    assert factories.type_code(owner, ada.code()).status_code == 302
    clock.move(seconds=30)

    answer = factories.type_code(thief, ada.code())

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 1


def test_a_password_typed_after_a_sign_in_counts_for_the_next(ada: Person, clock: Clock) -> None:
    assert factories.sign_in(Client(), ada).status_code == 302
    clock.move(seconds=30)

    assert factories.sign_in(Client(), ada).status_code == 302


NOWHERE = [
    "foo",
    "robots",
    "home:dashboard",
    "/login/",
    "/login/?next=/login/",
    "/login/#a",
    "/%6cogin/",
    "",
    "foo/bar",
]


@pytest.mark.parametrize("wanted", NOWHERE)
def test_a_sign_in_leads_home_if_it_leads_nowhere_else(client: Client, ada: Person, wanted: str) -> None:
    target = f"/login/?next={wanted}"
    client.sign_in_page = client.post(target, {"username": "ada", "password": ada.password})["Location"]

    answer = factories.type_code(client, ada.code())

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "browser" in client.cookies


@pytest.mark.parametrize("wanted", NOWHERE)
def test_the_sign_in_page_sends_home_who_is_signed_in(ada: Person, wanted: str) -> None:
    answer = factories.signed_in(ada).get("/login/", {"next": wanted})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("wanted", ["/admin/login/", "/admin/login/?next="])
def test_the_door_of_the_desk_leads_in_who_is_signed_in(agent: Person, wanted: str) -> None:
    assert factories.signed_in(agent).get("/login/", {"next": wanted}, follow=True).request["PATH_INFO"] == "/admin/"
