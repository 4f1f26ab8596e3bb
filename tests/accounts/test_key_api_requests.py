"""What waits, who may answer it, and what an answer does, as a phone hears it."""

import json
from pathlib import Path

import pytest
from django.db import connection

from accounts.actions import sessions
from accounts.actions.sign_in import push_approval
from accounts.enums import EndReason, Realm
from accounts.models import Key, PushChallenge
from portal.lib import client
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import API, Phone, Said, signature
from tests.phones import paired

pytestmark = pytest.mark.django_db
HERE = client.Origin("203.0.113.7", "Chrome on Windows", "7F3K2Q9C")


def ask(person: Person, clock: Clock, **more: str) -> push_approval.SentRequest:
    user = person.user
    pending = factories.pending(user, at=clock.now)
    return push_approval.ask(pending=pending, origin=HERE, now=clock.now, **more)


def state_of(asked: push_approval.SentRequest) -> str:
    return PushChallenge.objects.get(pk=asked.request.pk).state


def only(phone: Phone) -> dict:
    (request,) = phone.requests()["requests"]
    return request


def other_than(number: str) -> str:
    return f"{(int(number) + 1) % 100:02}"


@pytest.mark.promise("KEY-11", "KEY-2")
def test_a_phone_hears_what_waits_and_what_lives_on_it(pixel: Phone, ada: Person, clock: Clock):
    key = Key.objects.get(phone__isnull=False)
    whose = {"key": str(key.public_id), "account": "ada", "realm": "live", "label": "Ada Byron"}
    asked = ask(ada, clock)

    said = pixel.requests()

    now = int(clock.now.timestamp())
    assert said.body == {
        "requests": [
            {
                "request": asked.request.reference,
                **whose,
                "purpose": "sign-in",
                "device": "Chrome on Windows",
                "address": "203.0.113.7",
                "place": "",
                "is_new_device": True,
                "digits": 2,
                "asked_at": now,
                "expires_at": now + 120,
            }
        ],
        "keys": [{**whose, "name": "Ann's Pixel"}],
        "ended": [],
        "min_version": "1.0",
        "time": now,
    }


@pytest.mark.promise("KEY-2")
def test_a_phone_hears_the_place_of_the_sign_in_where_the_portal_knows_it(
    pixel: Phone, ada: Person, clock: Clock, settings: object, tmp_path: Path
):
    (tmp_path / "places.csv").write_text("network,place\n203.0.113.0/24,near New York\n")
    settings.PORTAL_GEOLOCATION, settings.PORTAL_GEOLOCATION_CSV = (
        "portal.lib.geolocation.from_file",
        str(tmp_path / "places.csv"),
    )
    ask(ada, clock)

    assert (only(pixel)["place"], only(pixel)["address"]) == ("near New York", "203.0.113.7")


def nobody_knows(address: str) -> str:
    raise LookupError(address)


def test_a_phone_hears_of_a_request_although_looking_for_its_place_fails(
    pixel: Phone, ada: Person, clock: Clock, settings: object
):
    settings.PORTAL_GEOLOCATION = f"{__name__}.nobody_knows"
    ask(ada, clock)

    assert only(pixel)["place"] == ""


def test_the_number_is_told_to_no_phone(pixel: Phone, ada: Person, clock: Clock):
    asked = ask(ada, clock)

    assert f'"{asked.number}"' not in json.dumps(pixel.requests().body)


def test_a_phone_with_many_keys_is_answered_by_as_few_statements(
    clock: Clock, ada: Person, django_assert_num_queries: object
):
    many = [factories.customer(f"many{number}", realm=Realm.PAPER if number % 2 else Realm.LIVE) for number in range(9)]
    one, ten = paired(ada), paired(ada, *many)
    ask(many[0], clock)
    ask(many[1], clock)
    ask(ada, clock)

    for phone, waiting, keys in ((one, 1, 1), (ten, 3, 10)):
        with django_assert_num_queries(3):
            said = phone.requests()
        assert (len(said["requests"]), len(said["keys"])) == (waiting, keys)
    assert {item["realm"] for item in said["keys"]} == {"live", "paper"}


def test_a_key_that_is_off_is_named_with_its_reason_for_thirty_days(pixel: Phone, ada: Person, clock: Clock):
    key = Key.objects.get(phone__isnull=False)
    ask(ada, clock)
    Key.objects.filter(pk=key.pk).update(confirmed=False, ended_at=clock.now, end_reason=EndReason.TURNED_OFF)

    said = pixel.requests()

    assert (said["requests"], said["keys"]) == ([], [])
    assert said["ended"] == [{"key": str(key.public_id), "reason": "turned_off"}]
    clock.move(days=30)
    assert pixel.requests()["ended"] == []


def test_a_name_that_does_not_open_is_left_out_and_logged(pixel: Phone, ada: Person, caplog: object):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_customer SET given_name = 'AAAA', family_name = 'AAAA'")

    assert pixel.requests()["keys"][0]["label"] == "ada"
    assert "does not open" in caplog.text


@pytest.mark.promise("KEY-2")
def test_the_right_number_approves(pixel: Phone, ada: Person, clock: Clock):
    asked = ask(ada, clock)

    said = pixel.approve(only(pixel), asked.number)

    assert (said.status, said["state"]) == (200, "approved")
    assert state_of(asked) == "approved"
    assert pixel.requests()["requests"] == []


@pytest.mark.parametrize("reason", ["not_me", "cancelled"])
def test_a_request_is_denied_with_a_reason(pixel: Phone, ada: Person, clock: Clock, reason: str):
    asked = ask(ada, clock)

    assert pixel.deny(only(pixel), reason)["state"] == "denied"
    assert PushChallenge.objects.get(pk=asked.request.pk).reason == reason


@pytest.mark.promise("KEY-2")
def test_the_third_wrong_number_ends_the_request(pixel: Phone, ada: Person, clock: Clock):
    asked = ask(ada, clock)
    request, wrong = only(pixel), other_than(asked.number)

    answers = [pixel.approve(request, wrong) for _ in range(3)] + [pixel.approve(request, asked.number)]

    assert [(said.status, said.cause) for said in answers] == [(403, "N4")] * 2 + [(409, "N5")] * 2
    assert [said["tries_left"] for said in answers[:2]] == [2, 1]
    assert state_of(asked) == "failed"


@pytest.mark.parametrize("first", ["approve", "deny"])
def test_an_answer_stands(pixel: Phone, ada: Person, clock: Clock, first: str):
    asked = ask(ada, clock)
    request = only(pixel)
    pixel.answer(request, first, asked.number if first == "approve" else "cancelled")
    before = state_of(asked)

    for again in (pixel.approve(request, asked.number), pixel.deny(request)):
        assert (again.status, again.cause) == (409, "N5")
    assert state_of(asked) == before


def test_a_request_that_ran_out_is_over(pixel: Phone, ada: Person, clock: Clock):
    asked = ask(ada, clock)
    request = only(pixel)
    clock.move(seconds=120)

    assert pixel.approve(request, asked.number).cause == "N5"
    assert pixel.requests()["requests"] == []


@pytest.mark.promise("KEY-9")
def test_anothers_request_is_answered_like_one_that_is_not_there(
    pixel: Phone, ada: Person, mallory: Person, clock: Clock
):
    asked = ask(ada, clock)
    request = only(pixel)
    intruder = paired(mallory)

    answers = [
        intruder.approve({**request, "request": wanted}, asked.number) for wanted in (request["request"], "A" * 22)
    ]

    assert (answers[0].status, answers[0].cause) == (404, "X2")
    assert answers[0] == answers[1]
    assert state_of(asked) == "waiting"


@pytest.mark.parametrize("name", ["decision", "number", "reason", "time", "signature", "request", "account"])
def test_an_answer_with_anything_changed_after_it_was_signed_is_refused(
    pixel: Phone, ada: Person, mallory: Person, clock: Clock, name: str
):
    asked = ask(ada, clock)
    other = ask(ada, clock)
    request = next(item for item in pixel.requests()["requests"] if item["request"] == asked.request.reference)
    now = int(clock.now.timestamp())
    signed = {
        "request": request["request"],
        "account": "ada",
        "decision": "approve",
        "number": asked.number,
        "time": now,
    }
    if name in {"decision", "reason"}:
        signed |= {"decision": "deny", "number": ""}
    if name in {"request", "account", "number", "time"}:
        changes = {"request": other.request.reference, "account": "mallory", "number": other_than(asked.number)}
        signed[name] = changes.get(name, now + 1)
    text = "\n".join(["gatehouse-key-answer-v1", *(str(value) for value in signed.values())])
    body = {"decision": "approve", "number": asked.number, "time": now, "signature": signature(pixel.key, text)}
    if name == "signature":
        body["signature"] = signature(Phone().key, text)

    said = pixel.call("POST", f"requests/{request['request']}/answer/", body)

    assert (said.status, said.cause) == (401, "Y3")
    assert state_of(asked) == state_of(other) == "waiting"


def test_every_single_changed_character_of_an_answers_signature_is_refused(pixel: Phone, ada: Person, clock: Clock):
    asked = ask(ada, clock)
    now = int(clock.now.timestamp())
    text = f"gatehouse-key-answer-v1\n{asked.request.reference}\nada\napprove\n{asked.number}\n{now}"
    right = signature(pixel.key, text)

    for position in range(86):
        changed = right[:position] + ("A" if right[position] != "A" else "B") + right[position + 1 :]
        body = {"decision": "approve", "number": asked.number, "time": now, "signature": changed}
        said = pixel.call("POST", f"requests/{asked.request.reference}/answer/", body)
        assert (said.status, said.cause) == (401, "Y3"), position
    assert state_of(asked) == "waiting"


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "approve"},
        {"decision": "approve", "number": "47", "reason": "not_me"},
        {"decision": "approve", "reason": "not_me"},
        {"decision": "deny", "number": "47"},
        {"decision": "deny"},
        {"decision": "deny", "reason": "bored"},
        {"decision": "Approve", "number": "47"},
        {"decision": "approve", "number": 47},
        {"decision": "approve", "number": "4 7"},
        {"decision": "approve", "number": "\u0664\u0667"},
        {"decision": "approve", "number": "47", "uv": True},
        {"decision": "approve", "number": "47", "account": "ada"},
    ],
)
def test_an_answer_of_another_form_is_not_read(pixel: Phone, ada: Person, clock: Clock, body: dict):
    asked = ask(ada, clock)
    more = {"time": int(clock.now.timestamp()), "signature": "A" * 86}

    said = pixel.call("POST", f"requests/{asked.request.reference}/answer/", body | more)

    assert (said.status, said.cause) == (400, "Y1")
    assert state_of(asked) == "waiting"


@pytest.mark.parametrize("off", [-61, 61])
def test_an_answer_of_another_time_is_refused(pixel: Phone, ada: Person, clock: Clock, off: int):
    asked = ask(ada, clock)
    time = int(clock.now.timestamp()) + off
    text = f"gatehouse-key-answer-v1\n{asked.request.reference}\nada\napprove\n{asked.number}\n{time}"
    body = {"decision": "approve", "number": asked.number, "time": time, "signature": signature(pixel.key, text)}

    said = pixel.call("POST", f"requests/{asked.request.reference}/answer/", body)

    assert (said.status, said.cause) == (401, "Y2")


@pytest.mark.promise("KEY-10")
def test_an_old_app_may_refuse_but_not_approve(pixel: Phone, ada: Person, clock: Clock, settings: object):
    settings.PORTAL_KEY_MIN_VERSION = "1.1"
    asked = ask(ada, clock)
    request = only(pixel)

    said = pixel.approve(request, asked.number)

    assert (said.status, said.cause) == (426, "K5")
    assert pixel.deny(request, "cancelled")["state"] == "denied"


def test_an_account_on_hold_is_not_approved_and_hides_no_other(pixel: Phone, ada: Person, ben: Person, clock: Clock):
    both = paired(ada, ben)
    held, free = ask(ada, clock), ask(ben, clock)
    request = next(item for item in both.requests()["requests"] if item["account"] == "ada")
    type(ada.user).objects.filter(pk=ada.user.pk).update(suspended_at=clock.now)

    assert (said := both.approve(request, held.number)).status == 403
    assert said.cause == "L2"
    assert both.approve(only(both), free.number).status == 200


def test_a_request_from_before_everything_was_ended_is_not_shown(pixel: Phone, ada: Person, clock: Clock):
    ask(ada, clock)
    assert only(pixel)

    sessions.end_everything(ada.user)

    assert pixel.requests()["requests"] == []


@pytest.mark.parametrize("reference", ["x" * 500, "%00", "..", "a%2Fb", "\u00e9", "1" + "0" * 400])
def test_an_odd_reference_is_no_fault_of_ours(pixel: Phone, clock: Clock, reference: str):
    body = {"decision": "deny", "reason": "not_me", "time": int(clock.now.timestamp()), "signature": "A" * 86}

    said: Said = pixel.call("POST", f"requests/{reference}/answer/", body)

    assert said.status in {401, 404}
    assert said.cause in {"X2", "Y3"}


# --- Notifications ------------------------------------------------------------------------------------------------
GOOD = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def test_a_phone_says_where_notifications_go_and_that_none_are_wanted(pixel: Phone, clock: Clock):
    from tests.phones import row_of

    said = pixel.subscribe(GOOD)
    assert (said.status, row_of(pixel).subscription) == (200, GOOD)

    pixel.subscribe({})
    assert row_of(pixel).subscription == {}


@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1/x", "https://evil.test/x", "https://user@updates.push.services.mozilla.com/x", "https://["],
)
def test_an_address_that_is_no_push_service_is_refused(pixel: Phone, clock: Clock, endpoint: str):
    said = pixel.subscribe(GOOD | {"endpoint": endpoint})

    assert (said.status, said.cause) == (400, "Y8")


@pytest.mark.parametrize("name", ["p256dh", "auth"])
@pytest.mark.parametrize("value", ["A", "A" * 50, "____", "=" * 22])
def test_keys_that_are_none_are_refused(pixel: Phone, clock: Clock, name: str, value: str):
    said = pixel.subscribe(GOOD | {name: value})

    assert (said.status, said.cause) == (400, "Y8")


@pytest.mark.parametrize("body", [{"endpoint": GOOD["endpoint"]}, GOOD | {"x": 1}, GOOD | {"auth": None}, []])
def test_a_subscription_of_another_form_is_not_read(pixel: Phone, clock: Clock, body: object):
    assert pixel.call("POST", "push/", body).cause == "Y1"


def test_a_trial_notification_needs_somewhere_to_go(pixel: Phone, clock: Clock):
    said = pixel.test_push()
    assert (said.status, said.cause) == (409, "Y9")

    pixel.subscribe(GOOD)
    assert [pixel.test_push().status for _ in range(4)] == [202] * 3 + [429]


def test_what_the_phone_shows_of_the_server_is_public(pixel: Phone, clock: Clock):
    assert set(pixel.client.get(API + "time/").json()) == {"min_version", "push_key", "time"}
