"""What a phone still gets for a deactivated user: nothing. A suspended user is another matter."""

import pytest

from accounts.actions import push
from accounts.key_api import urls
from accounts.models import PushChallenge, User
from accounts.notice_kinds import KEY_ADDED
from portal.outbox.models import Notice
from tests.accounts.test_key_api_device import key_of, live_on
from tests.accounts.test_key_api_pairing import begun, code_of, matched, moved
from tests.accounts.test_key_api_requests import GOOD, ask, only
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired

pytestmark = pytest.mark.django_db


def deactivate(person: Person, *, is_active: bool = False) -> None:
    User.objects.filter(pk=person.user.pk).update(is_active=is_active)


@pytest.fixture
def both(ada: Person, ben: Person, clock: Clock) -> Phone:
    """One phone with a Key of ada, who is deactivated in each test, and of ben, who is not."""
    return paired(ada, ben)


def test_its_key_has_ended_with_a_reason_and_the_others_live(both: Phone, ada: Person):
    deactivate(ada)

    said = both.requests()

    assert [item["account"] for item in said["keys"]] == ["ben"]
    assert said["ended"] == [{"key": key_of(both, "ada"), "reason": "turned_off"}]


def test_its_requests_are_neither_listed_nor_answered(both: Phone, ada: Person, clock: Clock):
    asked = ask(ada, clock)
    request = only(both)
    deactivate(ada)

    assert both.requests()["requests"] == []
    for said in (both.approve(request, asked.number), both.deny(request)):
        assert (said.status, said.cause) == (404, "X2")
    assert PushChallenge.objects.get().state == "waiting"


def test_its_key_is_not_turned_off_there_like_one_that_is_not_there(both: Phone, ada: Person):
    deactivate(ada)

    said = both.remove(key_of(both, "ada"))

    assert (said.status, said.cause) == (404, "X2")


def test_its_pairing_code_is_like_a_wrong_one(both: Phone, ada: Person, clock: Clock):
    code = code_of(begun(ada, clock), clock)
    deactivate(ada)

    for phone in (Phone(), both):
        said = phone.pair(code)
        assert (said.status, said.cause) == (404, "Y6")


def test_its_seed_is_handed_to_no_phone(ada: Person, clock: Clock):
    phone, enrolment = Phone(), begun(ada, clock)
    phone.pair(code_of(enrolment, clock))
    matched(enrolment, clock)
    deactivate(ada)

    said = phone.confirm()

    assert (said.status, said.cause) == (409, "Y7")


def test_its_key_stays_behind_when_the_others_move(both: Phone, ada: Person, clock: Clock):
    new = moved(both)
    deactivate(ada)

    assert [item["account"] for item in new.confirm()["keys"]] == ["ben"]
    new.seeds.pop(next(key for key, account in new.accounts.items() if account == "ada"), None)
    assert new.prove().status == 200
    assert live_on(new) == {"ben"}
    assert both.requests().cause == "Y5"


def test_no_notification_about_it_reaches_the_phone(both: Phone, ada: Person, clock: Clock):
    both.subscribe(GOOD)
    assert push.tell_phones(ada.user, KEY_ADDED, now=clock.now) == 1
    deactivate(ada)

    assert push.tell_phones(ada.user, KEY_ADDED, now=clock.now) == 0


def test_a_test_notification_is_sent_for_a_user_who_is_active(both: Phone, ada: Person, ben: Person):
    both.subscribe(GOOD)
    deactivate(ada)

    assert both.test_push().status == 202
    assert Notice.objects.get(kind="test").user == ben.user


NOWHERE = "00000000-0000-4000-8000-000000000000"
CALLS = {
    "GET requests/": None,
    "POST confirm/": {"pairing": NOWHERE},
    "POST prove/": {"pairing": NOWHERE, "codes": {NOWHERE: "123456"}},
    "POST pair/": {"code": "CDFGHJKM"},
    "POST requests/x/answer/": {"decision": "deny", "reason": "not_me", "time": 1, "signature": "A" * 86},
    "POST browser/": {"number": "00000000"},
    "POST push/": {},
    "POST push/test/": {},
    "POST transfer/": {},
    "POST transfer/state/": {"pairing": NOWHERE},
    "POST transfer/match/": {"pairing": NOWHERE, "matches": True},
    "POST rotate/": {"public_key": "A" * 86, "proof": "A" * 86},
    "POST rename/": {"name": "x"},
    "POST remove/": {"all": True},
    "POST clock/": {"offset": 0},
}


def test_every_signed_call_is_tried_here():
    tried = {call.split()[1].replace("x/", "<slug:reference>/") for call in CALLS}
    assert tried == {str(route.pattern) for route in urls.urlpatterns} - {"time/"}


@pytest.mark.parametrize("call", CALLS)
def test_a_phone_without_any_other_user_is_refused_like_one_that_was_turned_off(
    pixel: Phone, ada: Person, clock: Clock, call: str
):
    deactivate(ada)

    said = pixel.call(*call.split(), CALLS[call])

    assert (said.status, said.cause, said["reason"]) == (401, "Y5", "turned_off")


def test_a_suspended_user_keeps_the_key_on_the_phone(pixel: Phone, ada: Person, clock: Clock):
    User.objects.filter(pk=ada.user.pk).update(suspended_at=clock.now)

    said = pixel.requests()

    assert [item["account"] for item in said["keys"]] == ["ada"]
    assert said["ended"] == []


def test_a_user_who_is_active_again_is_served_again(pixel: Phone, ada: Person, clock: Clock):
    deactivate(ada)
    assert pixel.requests().cause == "Y5"

    deactivate(ada, is_active=True)

    assert [item["account"] for item in pixel.requests()["keys"]] == ["ada"]
