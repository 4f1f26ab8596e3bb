"""Turning Keys off on the phone itself."""

import pytest

from accounts.models import Key
from portal.audit.models import SecurityEvent
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired, row_of

pytestmark = pytest.mark.django_db


def key_of(phone: Phone, username: str) -> str:
    return next(key for key, account in phone.accounts.items() if account == username)


def live_on(phone: Phone) -> set[str]:
    return {key.user.username for key in row_of(phone).keys.filter(confirmed=True)}


@pytest.mark.promise("KEY-7")
def test_a_key_is_turned_off_on_its_phone_and_the_others_stay(ada: Person, ben: Person, clock: Clock):
    phone = paired(ada, ben)

    said = phone.remove(key_of(phone, "ada"))

    assert (said.status, said["keys"]) == (200, [key_of(phone, "ada")])
    assert live_on(phone) == {"ben"}
    assert phone.requests()["ended"] == [{"key": key_of(phone, "ada"), "reason": "turned_off"}]
    assert SecurityEvent.objects.filter(subject=ada.user, actor=ada.user, action="key_ended").count() == 1


def test_with_its_last_key_the_phone_is_turned_off(pixel: Phone, clock: Clock):
    pixel.remove(key_of(pixel, "ada"))

    said = pixel.requests()

    assert (said.status, said.cause, said["reason"]) == (401, "Y5", "turned_off")


@pytest.mark.promise("KEY-8")
def test_a_phone_is_turned_off_with_everything_on_it(ada: Person, ben: Person, clock: Clock):
    phone, other = paired(ada, ben), paired(ada)

    said = phone.remove()

    assert set(said["keys"]) == set(phone.seeds)
    assert (live_on(phone), live_on(other)) == (set(), {"ada"})
    assert phone.requests().cause == "Y5"
    assert other.requests().status == 200


def test_anothers_key_is_like_one_that_is_not_there(pixel: Phone, ben: Person, clock: Clock):
    foreign = next(iter(paired(ben).seeds))
    of_no_phone = str(Key.objects.get(phone=None).public_id)
    answers = [pixel.remove(key) for key in (foreign, of_no_phone, "00000000-0000-4000-8000-000000000000")]

    assert {(said.status, said.cause) for said in answers} == {(404, "X2")}
    assert answers[0] == answers[1] == answers[2]
    assert Key.objects.filter(confirmed=True).count() == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"all": False},
        {"all": 1},
        {"all": "true"},
        {"key": None},
        {"key": ""},
        {"key": 1},
        {"key": "00000000-0000-4000-8000-000000000000", "all": True},
        {"key": "00000000000040008000000000000000"},
    ],
)
def test_what_to_turn_off_is_said_one_way(pixel: Phone, clock: Clock, body: dict):
    assert pixel.call("POST", "remove/", body).cause == "Y1"
    assert live_on(pixel) == {"ada"}
