"""A phone comes with a pairing code: begun on the web, or on an old phone."""

import pytest

from accounts.actions.keys.enrolment import steps
from accounts.enums import EnrolmentPurpose, EnrolmentState
from accounts.models import Enrolment, Key, PushChallenge
from accounts.models import Phone as Row
from portal.audit.models import SecurityEvent
from portal.lib import client
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone, public_half
from tests.phones import paired, row_of

pytestmark = pytest.mark.django_db
HERE = client.Origin("203.0.113.7", "Chrome on Windows", "7F3K2Q9C")
TICKET = "ticket"


def begun(person: Person, clock: Clock) -> Enrolment:
    """Return an enrolment on the web that waits for its phone."""
    enrolment = steps.begin(user=person.user, purpose=EnrolmentPurpose.ADD, binding=TICKET, origin=HERE, now=clock.now)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.OPEN)
    return enrolment


def code_of(enrolment: Enrolment, clock: Clock) -> str:
    return steps.renew_pairing_code(enrolment=enrolment, binding=TICKET, now=clock.now)


def matched(enrolment: Enrolment, clock: Clock) -> None:
    steps.match(enrolment=enrolment, binding=TICKET, origin=HERE, now=clock.now)


@pytest.mark.promise("KEY-5")
def test_a_new_phone_pairs_compares_and_fetches_its_secrets(ada: Person, clock: Clock):
    enrolment, phone = begun(ada, clock), Phone()

    said = phone.pair(code_of(enrolment, clock))
    assert (said.status, said["minutes"]) == (200, 30)
    assert len(phone.number) == 2
    assert (phone.confirm().status, phone.confirm()["state"]) == (202, "waiting")

    matched(enrolment, clock)
    said = phone.confirm()
    (key,) = said["keys"]
    assert (said["state"], said["is_move"]) == ("matched", False)
    assert {name: key[name] for name in ("account", "realm", "label", "digits", "period")} == {
        "account": "ada", "realm": "live", "label": "Ada Byron", "digits": 6, "period": 30,
    }  # fmt: skip
    assert phone.confirm().body == said.body

    steps.confirm_on_web(enrolment=enrolment, binding=TICKET, code=phone.code(), origin=HERE, now=clock.now)
    assert [item["key"] for item in phone.requests()["keys"]] == [key["key"]]
    assert phone.confirm().cause == "Y7"


@pytest.mark.parametrize("typed", [str.lower, lambda code: f" {code[:4]}-{code[4:]} "])
def test_a_code_may_be_typed_in_small_letters_and_in_halves(ada: Person, clock: Clock, typed: object):
    assert Phone().pair(typed(code_of(begun(ada, clock), clock))).status == 200


def test_a_phone_that_is_known_takes_another_key(ada: Person, ben: Person, clock: Clock):
    phone, enrolment = paired(ada), begun(ben, clock)

    phone.pair(code_of(enrolment, clock))
    matched(enrolment, clock)
    phone.confirm()
    key = next(key for key, account in phone.accounts.items() if account == "ben")
    steps.confirm_on_web(enrolment=enrolment, binding=TICKET, code=phone.code(key), origin=HERE, now=clock.now)

    assert {item["account"] for item in phone.requests()["keys"]} == {"ada", "ben"}
    assert Row.objects.count() == 1


@pytest.mark.promise("KEY-5")
def test_a_pairing_code_works_once(ada: Person, clock: Clock):
    code = code_of(begun(ada, clock), clock)

    answers = [Phone().pair(code) for _ in range(2)]

    assert [(said.status, said.cause) for said in answers] == [(200, ""), (404, "Y6")]
    assert Row.objects.count() == 1


@pytest.mark.promise("KEY-5")
def test_a_pairing_code_grows_old(ada: Person, clock: Clock):
    code = code_of(begun(ada, clock), clock)
    clock.move(minutes=10)

    assert Phone().pair(code).cause == "Y6"


def test_codes_cannot_be_guessed_from_one_address(ada: Person, clock: Clock):
    code = code_of(begun(ada, clock), clock)

    answers = [Phone().pair("CDFGHJKM").cause for _ in range(10)]

    assert answers == ["Y6"] * 9 + ["T1"]
    assert (said := Phone().pair(code)).cause == "T1"
    assert said.status == 429
    assert not Row.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"code": "CDFGHJKM"},
        {"code": "CDFGHJKM", "name": "x"},
        {"code": "CDFGHJKM", "public_key": "A" * 86},
        {"code": "CDFGHJKM", "public_key": "A" * 86, "name": "x"},
        {"code": "", "public_key": "A" * 86, "name": "x"},
        {"code": "x" * 33, "public_key": "A" * 86, "name": "x"},
        {"code": "CDFGHJKM", "public_key": "A" * 85, "name": "x"},
    ],
)
def test_a_new_phone_brings_a_key_that_is_one_and_a_name(db: None, clock: Clock, body: dict):
    said = Phone().call("POST", "pair/", body)

    assert (said.status, said.cause) == (400, "Y1")


def test_a_new_phone_signs_with_the_key_it_brings(ada: Person, clock: Clock):
    phone, other = Phone(), Phone()
    body = {"code": code_of(begun(ada, clock), clock), "public_key": public_half(other.key), "name": "x"}

    said = phone.call("POST", "pair/", body)

    assert (said.status, said.cause) == (401, "Y3")
    assert not Row.objects.exists()


def test_a_known_phone_brings_nothing(pixel: Phone, ben: Person, clock: Clock):
    body = {"code": code_of(begun(ben, clock), clock), "public_key": public_half(pixel.key), "name": "x"}

    assert pixel.call("POST", "pair/", body).cause == "Y1"


def test_two_phones_do_not_share_a_signing_key(pixel: Phone, ben: Person, clock: Clock):
    twin = Phone(key=pixel.key)

    assert twin.pair(code_of(begun(ben, clock), clock)).cause == "Y6"


@pytest.mark.parametrize("path", ["confirm/", "prove/", "transfer/state/", "transfer/match/"])
def test_anothers_pairing_is_like_one_that_is_not_there(pixel: Phone, ben: Person, clock: Clock, path: str):
    enrolment, theirs = begun(ben, clock), Phone()
    theirs.pair(code_of(enrolment, clock))
    more = {"prove/": {"codes": {theirs.pairing: "123456"}}, "transfer/match/": {"matches": True}}.get(path, {})

    answers = [
        pixel.call("POST", path, {"pairing": pairing, **more})
        for pairing in (theirs.pairing, "00000000-0000-4000-8000-000000000000")
    ]

    assert (answers[0].status, answers[0].cause) == (409, "Y7")
    assert answers[0] == answers[1]


def test_a_pairing_of_the_web_is_not_finished_on_the_phone(ada: Person, clock: Clock):
    enrolment, phone = begun(ada, clock), Phone()
    phone.pair(code_of(enrolment, clock))
    matched(enrolment, clock)
    phone.confirm()

    assert phone.prove().cause == "Y7"
    assert row_of(phone).keys.count() == 0


# --- Moving ---------------------------------------------------------------------------------------------------------
def moved(old: Phone) -> Phone:
    """Walk from the old phone to a new one, up to the codes."""
    new = Phone(name="New phone")
    new.pair(old.transfer()["code"])
    old.match()
    new.confirm()
    return new


@pytest.mark.promise("KEY-8")
def test_everything_moves_to_a_new_phone_with_new_secrets(ada: Person, ben: Person, clock: Clock):
    old, new = paired(ada, ben), Phone(name="New phone")
    seeds = set(old.seeds.values())

    said = old.transfer()
    assert old.transfer_state().body == {"state": "open", "time": said["time"]}
    new.pair(said["code"])
    assert (old.transfer_state()["state"], old.transfer_state()["number"]) == ("claimed", new.number)
    assert new.confirm()["state"] == "waiting"
    assert old.match()["state"] == "matched"
    assert old.transfer_state()["state"] == "matched"
    assert new.confirm()["is_move"] is True
    assert set(new.seeds.values()) & seeds == set()
    said = new.prove()

    assert (said.status, set(said["keys"])) == (200, set(new.seeds))
    assert {item["account"] for item in new.requests()["keys"]} == {"ada", "ben"}
    assert (old.requests().cause, old.requests()["reason"]) == ("Y5", "moved")
    assert not Key.objects.filter(phone=row_of(old), confirmed=True).exists()
    for person in (ada, ben):
        assert SecurityEvent.objects.filter(subject=person.user, action="key_moved").exists()


@pytest.mark.promise("KEY-1")
def test_a_code_that_proved_a_move_opens_nothing_else(ada: Person, clock: Clock):
    new = moved(paired(ada))
    code = new.code()

    new.prove()

    key = row_of(new).keys.get()
    assert key.step_of(code, at=clock.now.timestamp(), after=key.last_step) is None


@pytest.mark.promise("KEY-8")
def test_with_one_wrong_code_nothing_moves(ada: Person, ben: Person, clock: Clock):
    old = paired(ada, ben)
    new = moved(old)
    wrong = next(iter(new.seeds))

    said = new.prove(**{wrong: new.code(wrong, steps=5)})

    assert (said.status, said.cause, said["tries_left"]) == (403, "K1", 4)
    assert row_of(new).keys.count() == 0
    assert len(old.requests()["keys"]) == 2
    assert new.prove().status == 200


@pytest.mark.parametrize(
    "codes", [{}, {"x": "123456"}, {"00000000-0000-4000-8000-000000000000": 123456}, [], None, "123456"]
)
def test_codes_of_another_form_are_not_read(ada: Person, clock: Clock, codes: object):
    new = moved(paired(ada))

    assert new.call("POST", "prove/", {"pairing": new.pairing, "codes": codes}).cause == "Y1"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12 456", "\u0661\u0662\u0663\u0664\u0665\u0666", "12345\n"])
def test_a_code_has_six_digits(ada: Person, clock: Clock, code: str):
    new = moved(paired(ada))

    assert new.prove(**{next(iter(new.seeds)): code}).cause == "Y1"


def test_wrong_codes_in_a_move_are_counted(ada: Person, clock: Clock):
    new = moved(paired(ada))
    (key,) = new.seeds

    answers = [new.prove(**{key: new.code(key, steps=5)}).cause for _ in range(5)]

    assert answers == ["K1"] * 3 + ["K8", "T1"]
    assert new.prove().status == 429


def test_numbers_that_differ_end_the_move(pixel: Phone, clock: Clock):
    new = Phone()
    new.pair(pixel.transfer()["code"])

    assert pixel.match(matches=False)["state"] == "ended"
    assert pixel.transfer_state()["state"] == "ended"
    assert new.confirm().cause == "Y7"
    assert pixel.match().cause == "Y7"


def test_only_the_old_phone_says_that_the_numbers_match(pixel: Phone, clock: Clock):
    new = Phone()
    new.pair(pixel.transfer()["code"])

    assert new.match().cause == "Y7"
    assert new.prove(**{"00000000-0000-4000-8000-000000000000": "123456"}).cause == "Y7"
    assert new.confirm()["state"] == "waiting"


def test_no_step_is_taken_before_its_time(pixel: Phone, clock: Clock):
    pixel.transfer()

    assert pixel.match().cause == "Y7"
    assert pixel.transfer_state()["state"] == "open"


def test_a_phone_does_not_move_to_itself(pixel: Phone, clock: Clock):
    assert pixel.pair(pixel.transfer()["code"]).cause == "Y6"


def test_a_new_move_ends_the_one_before(pixel: Phone, clock: Clock):
    first = pixel.transfer()
    pixel.transfer()

    assert Phone().pair(first["code"]).cause == "Y6"
    assert pixel.call("POST", "transfer/state/", {"pairing": first["pairing"]})["state"] == "ended"


def to(state: str, old: Phone) -> tuple[Phone, str]:
    """Lead a move to this state; return the new phone, and a pairing code that may still be good."""
    new, code = Phone(name="New phone"), old.transfer()["code"]
    if state == "ended":
        old.match(matches=False)
    if state in {"claimed", "matched", "done"}:
        new.pair(code)
    if state in {"matched", "done"}:
        old.match()
        new.confirm()
    if state == "done":
        new.prove()
    return new, code


STEPS = ("pair", "match", "differ", "confirm", "prove")
EDGES = {
    ("open", "pair"): "claimed",
    ("open", "differ"): "ended",
    ("claimed", "match"): "matched",
    ("claimed", "confirm"): "claimed",  # 202: not yet
    ("claimed", "differ"): "ended",
    ("matched", "confirm"): "matched",
    ("matched", "differ"): "ended",
    ("matched", "prove"): "done",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", ["open", "claimed", "matched", "done", "ended"])
def test_a_move_goes_along_the_documented_edges_alone(ada: Person, ben: Person, clock: Clock, state: str, step: str):
    old = paired(ada, ben)
    new, code = to(state, old)
    move, keys = Enrolment.objects.get(), list(Key.objects.order_by("pk").values())
    new.pairing = new.pairing or old.pairing

    said = {
        "pair": lambda: Phone().pair(code),
        "match": old.match,
        "differ": lambda: old.match(matches=False),
        "confirm": new.confirm,
        "prove": lambda: new.prove() if new.seeds else new.prove(**{str(move.public_id): "123456"}),
    }[step]()

    edge = EDGES.get((state, step))
    assert (said.status < 300) is (edge is not None)
    assert Enrolment.objects.get().state == (edge or state)
    assert (list(Key.objects.order_by("pk").values()) == keys) is (edge != "done")


@pytest.mark.parametrize("minutes", [10, 30])
def test_a_move_that_nobody_finishes_ends(pixel: Phone, clock: Clock, minutes: int):
    code = pixel.transfer()["code"]
    if minutes == 30:
        Phone().pair(code)
    clock.move(minutes=minutes)

    assert pixel.transfer_state()["state"] == "ended"
    assert Phone().pair(code).cause == "Y6"
    assert pixel.match().cause == "Y7"


def test_a_log_in_that_is_stopped_stays_on_the_old_phone(ada: Person, ben: Person, clock: Clock):
    old = paired(ada, ben)
    type(ada.user).objects.filter(pk=ada.user.pk).update(suspended_at=clock.now)
    new = moved(old)

    new.prove()

    assert {item["account"] for item in new.requests()["keys"]} == {"ben"}
    assert {item["account"] for item in old.requests()["keys"]} == {"ada"}
    assert old.transfer_state()["state"] == "done"
    assert old.transfer().cause == "L2"


def test_a_phone_that_is_turned_off_meanwhile_takes_nothing_along(ada: Person, clock: Clock):
    old = paired(ada)
    new = moved(old)
    old.remove()

    assert new.prove().status in {403, 409}
    assert not Key.objects.filter(phone__isnull=False, confirmed=True).exists()
    assert not PushChallenge.objects.exists()
