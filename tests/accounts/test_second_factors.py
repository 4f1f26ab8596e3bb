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

TOKEN_STEPS = ("token", " token", "token ", "\ttoken")


def _post_code(client: Client, code: str, step: str = "token", address: str = "/login/") -> object:
    return client.post(address, {"login_view-current_step": step, "token-otp_token": code})


@pytest.mark.promise("SIGN-3")
@pytest.mark.parametrize("step", TOKEN_STEPS)
def test_no_spelling_of_the_step_gives_more_time(client: Client, ada: Person, clock: Clock, step: str) -> None:
    factories.type_password(client, "ada", ada.password)
    pending = client.cookies["pending"].value
    clock.move(minutes=settings.PORTAL_SIGN_IN_MINUTES, seconds=1)
    client.cookies["pending"] = pending

    answer = _post_code(client, ada.code(), step)

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 0


@pytest.mark.promise("SIGN-3")
@pytest.mark.parametrize("step", TOKEN_STEPS)
def test_no_spelling_of_the_step_does_without_the_password(
    client: Client, ada: Person, clock: Clock, step: str
) -> None:
    answer = _post_code(client, ada.code(), step)

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 0


@pytest.mark.promise("SIGN-3")
def test_the_password_proves_one_sign_in_and_no_other(ada: Person, clock: Clock) -> None:
    owner, thief = Client(), Client()
    factories.type_password(owner, "ada", ada.password)
    thief.cookies["pending"] = owner.cookies["pending"].value
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
    client.post(target, {"login_view-current_step": "auth", "auth-username": "ada", "auth-password": ada.password})

    answer = _post_code(client, ada.code(), address=target)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "browser" in client.cookies


@pytest.mark.parametrize("wanted", NOWHERE)
def test_the_sign_in_page_sends_home_who_is_signed_in(ada: Person, wanted: str) -> None:
    answer = factories.signed_in(ada).get("/login/", {"next": wanted})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("wanted", ["/admin/login/", "/admin/login/?next="])
def test_the_door_of_the_desk_leads_in_who_is_signed_in(agent: Person, wanted: str) -> None:
    assert factories.signed_in(agent).get("/login/", {"next": wanted}, follow=True).request["PATH_INFO"] == "/admin/"
