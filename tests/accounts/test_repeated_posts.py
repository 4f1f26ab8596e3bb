"""A second press, and a post sent again on a slow line, get the answer of the first."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import AnsweredPost, PlatformSession, PushChallenge
from accounts.models.answered_posts import KEPT
from portal.audit.models import SecurityEvent
from portal.outbox import periodic_tasks
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of
from tests.phone import Phone
from tests.races import at_once

pytestmark = pytest.mark.django_db


def form_ids(client: Client, path: str) -> list[str]:
    return re.findall(r'name="form_id" value="([^"]+)"', client.get(path).content.decode())


def twin(client: Client) -> Client:
    """Return the same browser as it was: a post sent again before the first answer came carries the same cookies."""
    other = Client()
    for name, cookie in client.cookies.items():
        other.cookies[name] = cookie.value
    return other


def send(client: Client, path: str, form: dict[str, str]) -> object:
    """Send a form as a browser does."""
    return client.post(path, urlencode(form), content_type="application/x-www-form-urlencoded")


def tries(limit: str) -> int:
    return sum(Throttle.objects.filter(limit=limit).values_list("used", flat=True))


def session_of(answer: object) -> str:
    return answer.cookies[settings.SESSION_COOKIE_NAME].value


def begun(person: Person) -> tuple[Client, str, dict[str, str]]:
    """Return a browser on the second page, its address and the form with a right code."""
    client = Client()
    factories.type_password(client, person.user.username, person.password)
    form_id = form_ids(client, client.sign_in_page)[-1]
    return client, client.sign_in_page, {"form_id": form_id, "otp_token": person.code()}


def test_a_code_sent_twice_opens_one_session_for_both_answers(ada: Person, clock: Clock) -> None:
    client, path, form = begun(ada)
    again = twin(client)

    first, second = send(client, path, form), send(again, path, form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert session_of(first) == session_of(second)
    assert first["Location"] == second["Location"]
    assert again.get("/").status_code == 200
    assert PlatformSession.objects.count() == 1
    assert SecurityEvent.objects.filter(action="signed_in").count() == 1


@pytest.mark.parametrize("change", ["cookie", "code", "form", "late"])
def test_anything_else_is_refused_as_before(ada: Person, clock: Clock, change: str) -> None:
    client, path, form = begun(ada)
    again = Client() if change == "cookie" else twin(client)
    send(client, path, form)
    if change == "late":
        clock.move(seconds=KEPT.total_seconds())
    changed = {"code": {"otp_token": "000000"}, "form": {"form_id": "A" * 22}}.get(change, {})

    answer = send(again, path, form | changed)

    assert answer["Location"].startswith("/login/")
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert PlatformSession.objects.count() == 1


def test_a_wrong_code_sent_twice_costs_one_try(ada: Person, clock: Clock) -> None:
    client, path, form = begun(ada)
    again = twin(client)

    told = [cause_of(one.get(send(one, path, form | {"otp_token": "000000"})["Location"])) for one in (client, again)]

    assert told == ["K1", "K1"]
    assert tries("code") == 1


def test_a_wrong_password_sent_twice_costs_one_try(client: Client, ada: Person, clock: Clock) -> None:
    form = {"form_id": form_ids(client, "/login/")[0], "username": "ada", "password": "wrong"}
    again = twin(client)

    pages = [send(one, "/login/", form) for one in (client, again)]

    assert [cause_of(page) for page in pages] == ["P1", "P1"]
    assert pages[0].content == pages[1].content
    assert tries("password") == 1


@pytest.mark.promise("KEY-12")
def test_a_right_password_sent_twice_asks_the_phone_once(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    form = {"form_id": form_ids(client, "/login/")[0], "username": "ada", "password": ada.password}
    again = twin(client)

    first, second = send(client, "/login/", form), send(again, "/login/", form)

    assert first["Location"] == second["Location"]
    assert PushChallenge.objects.count() == 1
    assert again.get(second["Location"]).status_code == 200


def test_send_again_pressed_twice_sends_one_request(pixel: Phone, ada: Person, clock: Clock) -> None:
    client, path, form = begun(ada)
    again = twin(client)
    button = {"form_id": form["form_id"], "again": "yes"}

    send(client, path, button)
    send(again, path, button)

    assert PushChallenge.objects.count() == 2  # the first one, and one more


def test_not_answered_yet_is_asked_anew(pixel: Phone, ada: Person, clock: Clock) -> None:
    client, path, form = begun(ada)
    number = re.search(r'match-number"><span aria-hidden="true">(\d+)<', client.get(path).content.decode())[1]
    button = {"form_id": form["form_id"], "approved": "yes"}
    assert send(client, path, button)["Location"] == path

    pixel.approve(pixel.requests()["requests"][0], number)

    assert send(client, path, button)["Location"] == "/"


@pytest.mark.parametrize("form_id", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "\n"])
def test_a_form_without_a_proper_id_is_answered_each_time(ada: Person, clock: Clock, form_id: str) -> None:
    client, path, form = begun(ada)
    again = twin(client)

    for one in (client, again):
        send(one, path, form | {"form_id": form_id, "otp_token": "000000"})

    assert tries("code") == 2
    assert not AnsweredPost.objects.exists()


def test_what_is_kept_tells_no_code_and_no_session_and_is_gone_soon(ada: Person, clock: Clock) -> None:
    client, path, form = begun(ada)
    answer = send(client, path, form)
    row = AnsweredPost.objects.get()
    with_key = {field.name: field.value_from_object(row) for field in row._meta.fields}

    assert session_of(answer) in str(with_key["answer"])
    assert session_of(answer) not in str(AnsweredPost.objects.values_list("digest").get())
    clock.move(seconds=KEPT.total_seconds() + 1)
    periodic_tasks.run_all(clock.now)
    assert not AnsweredPost.objects.exists()


def test_a_fault_is_not_kept(ada: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path, form = begun(ada)
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("accounts.views.sign_in.second_factors.by_code", lambda *_: 1 / 0)
        assert send(client, path, form).status_code == 500

    assert send(client, path, form)["Location"] == "/"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_open_one_session_and_all_get_it() -> None:
    person = factories.customer("pressing")
    client, path, form = begun(person)
    presses: list[Callable[[], object]] = [partial(send, twin(client), path, form) for _ in range(8)]

    answers = at_once(*presses)

    assert {answer.status_code for answer in answers} == {302}
    assert len({session_of(answer) for answer in answers}) == 1
    assert PlatformSession.objects.count() == 1
    assert tries("code") == 0
