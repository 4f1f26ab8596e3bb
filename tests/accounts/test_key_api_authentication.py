"""A call of the Key app is believed exactly as it is documented: signed by its phone, in time, once."""

import json

import pytest
from django.test import Client

from accounts.enums import EndReason
from accounts.models import Phone as Row
from accounts.models import UsedNonce
from portal.lib import push
from portal.throttle.models import Throttle
from tests.conftest import Clock
from tests.phone import API, Phone, base64url, new_key, signature
from tests.phones import paired, row_of

pytestmark = pytest.mark.django_db


def renamed(phone: Phone) -> bool:
    return row_of(phone).name == "Renamed"


def test_the_time_is_told_to_everybody(client: Client, clock: Clock):
    answer = client.get(API + "time/")

    assert answer.status_code == 200
    assert answer.json() == {
        "min_version": "1.0",
        "push_key": push.key_for_phones(),
        "time": int(clock.now.timestamp()),
    }
    assert "no-store" in answer["Cache-Control"]


def test_a_signed_call_is_carried_out(pixel: Phone, clock: Clock):
    said = pixel.rename("Renamed")

    assert (said.status, said.body) == (200, {"time": int(clock.now.timestamp())})
    assert renamed(pixel)


@pytest.mark.parametrize("place", ["Key-Phone", "Key-Time", "Key-Nonce", "Key-Signature", "body", "path"])
def test_a_call_with_one_character_changed_anywhere_is_refused(pixel: Phone, clock: Clock, place: str):
    path, raw = API + "rename/", json.dumps({"name": "Renamed"}).encode()
    headers = pixel.headers("POST", path, raw)
    there = {"body": raw.decode(), "path": path}.get(place) or headers[place]

    for position in range(len("/key/api/") if place == "path" else 0, len(there)):
        for other in {"A", "7", "-", "\x7f", chr(ord(there[position]) ^ 1)} - {there[position]}:
            changed = there[:position] + other + there[position + 1 :]
            sent = dict(headers, **({} if place in {"body", "path"} else {place: changed}))
            where, what = changed if place == "path" else path, changed.encode() if place == "body" else raw
            said = pixel.send("POST", where, what, sent)

            assert said.status in ({400, 401, 404, 405, 429} if place == "path" else {400, 401, 429}), changed
            assert said.cause
    assert not renamed(pixel)


@pytest.mark.parametrize("name", ["Key-Phone", "Key-Version", "Key-Time", "Key-Nonce", "Key-Signature"])
@pytest.mark.parametrize("value", [None, "", " ", "x", "A" * 23, "A" * 500, "١" * 10, "é", "-1", "1e3", "01"])
def test_a_header_that_is_missing_or_misspelt_is_refused(pixel: Phone, clock: Clock, name: str, value: str | None):
    path, raw = API + "rename/", b'{"name": "Renamed"}'
    headers = pixel.headers("POST", path, raw)
    headers.pop(name) if value is None else headers.update({name: value})

    said = pixel.send("POST", path, raw, headers)

    assert (said.status, said.cause) in {(400, "Y1"), (401, "Y3")}
    assert not renamed(pixel)


@pytest.mark.parametrize("fast", [-61, 61, -86_400, 10**9])
def test_a_call_too_far_off_in_time_is_told_the_right_one(pixel: Phone, clock: Clock, fast: int):
    pixel.fast = fast

    said = pixel.rename("Renamed")

    assert (said.status, said.cause) == (401, "Y2")
    assert said["time"] == int(clock.now.timestamp())
    assert not renamed(pixel)


@pytest.mark.parametrize("fast", [-60, 60])
def test_a_minute_off_is_near_enough(pixel: Phone, clock: Clock, fast: int):
    pixel.fast = fast

    assert pixel.rename("Renamed").status == 200


def test_a_call_sent_twice_counts_once(pixel: Phone, clock: Clock):
    path, raw = API + "rename/", b'{"name": "Renamed"}'
    headers = pixel.headers("POST", path, raw)

    said = [pixel.send("POST", path, raw, headers) for _ in range(3)]

    assert [(one.status, one.cause) for one in said] == [(200, ""), (409, "Y4"), (409, "Y4")]


def test_two_phones_may_draw_the_same_nonce(pixel: Phone, ben: object, clock: Clock):
    nonce = base64url(bytes(16))

    for phone in (pixel, paired(ben)):
        assert phone.call("POST", "rename/", {"name": "Renamed"}, key_nonce=nonce).status == 200


def test_an_unknown_phone_and_a_wrong_signature_get_the_same_answer(pixel: Phone, clock: Clock):
    unknown, stranger = Phone(reference="A" * 22), Phone(reference=pixel.reference)

    answers = [phone.rename("Renamed") for phone in (unknown, stranger)]

    assert (answers[0].status, answers[0].cause) == (401, "Y3")
    assert answers[0] == answers[1]
    assert not UsedNonce.objects.exists()


def test_wrong_signatures_are_counted_by_address_and_right_ones_pass_all_the_same(pixel: Phone, clock: Clock):
    stranger = Phone(reference=pixel.reference)

    causes = [stranger.rename("Renamed").cause for _ in range(32)]

    assert causes == ["Y3"] * 30 + ["T1"] * 2
    assert stranger.rename("Renamed").status == 429
    assert Throttle.objects.get().limit == "key-api"
    assert pixel.rename("Renamed").status == 200


def test_a_phone_that_is_turned_off_is_told_why_and_only_that_phone(pixel: Phone, clock: Clock):
    Row.objects.update(ended_at=clock.now, end_reason=EndReason.LOST)

    said = pixel.rename("Renamed")

    assert (said.status, said.cause, said["reason"]) == (401, "Y5", "lost")
    assert Phone(reference=pixel.reference).rename("Renamed").cause == "Y3"
    assert not renamed(pixel)


@pytest.mark.parametrize("other", ["another row's", "nonsense"])
def test_a_phone_whose_key_was_changed_in_the_table_signs_nothing(
    pixel: Phone, clock: Clock, other: str, caplog: pytest.LogCaptureFixture
):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_phone SET public_key = %s", ["dev:AAAA" if other == "nonsense" else "AAAA"])

    said = pixel.rename("Renamed")

    assert (said.status, said.cause) == (401, "Y3")
    assert "does not open" in caplog.text


def test_a_phone_whose_key_is_no_point_signs_nothing(pixel: Phone, clock: Clock):
    row = row_of(pixel)
    row.public_key = "A" * 86
    row.save(update_fields=["public_key"])

    assert pixel.rename("Renamed").cause == "Y3"


def test_when_a_phone_was_seen_is_kept_once_a_minute(pixel: Phone, clock: Clock):
    first = row_of(pixel).last_seen_at
    clock.move(seconds=59)
    pixel.tell_clock(0)
    assert row_of(pixel).last_seen_at == first

    seen = clock.move(seconds=1)
    pixel.tell_clock(0)
    assert row_of(pixel).last_seen_at == seen


def test_a_new_version_is_kept_at_once(pixel: Phone, clock: Clock):
    pixel.version = "1.2.3"
    pixel.tell_clock(0)

    assert row_of(pixel).version == "1.2.3"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_another_method_is_refused(pixel: Phone, clock: Clock, method: str):
    said = pixel.call(method, "rename/", {"name": "Renamed"})

    assert (said.status, said.cause) == (405, "Y1")


@pytest.mark.parametrize("path", ["", "nothing/", "time", "rename", "requests/x/answer", "../v2/time/"])
def test_what_is_not_there_is_said_in_json(client: Client, clock: Clock, path: str):
    answer = client.get(API + path)

    assert (answer.status_code, answer.json()["cause"]) == (404, "X2")


def test_plain_http_is_refused_not_redirected(pixel: Phone, clock: Clock, settings: object):
    settings.SECURE_SSL_REDIRECT = True

    assert (said := pixel.rename("Renamed")).status == 400
    assert said.cause == "Y1"
    assert pixel.client.get(API + "time/", secure=True).status_code == 200
    assert not renamed(pixel)


def test_a_query_is_no_part_of_any_call(pixel: Phone, clock: Clock):
    assert pixel.call("POST", "rename/?x=1", {"name": "Renamed"}).cause == "Y1"
    assert pixel.client.get(API + "time/?x=1").status_code == 400


@pytest.mark.parametrize("site", ["cross-site"])
def test_another_site_calls_nothing(client: Client, site: str):
    answer = client.get(API + "time/", headers={"sec-fetch-site": site, "sec-fetch-mode": "cors"})

    assert (answer.status_code, answer.json()["cause"]) == (403, "X3")


def test_a_fault_of_ours_is_said_in_json(pixel: Phone, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("accounts.actions.keys.device_settings.tell_clock", lambda **_: 1 / 0)
    pixel.client = Client(raise_request_exception=False)

    said = pixel.tell_clock(0)

    assert (said.status, said.cause) == (500, "X1")


def test_without_the_database_a_call_is_asked_to_come_again(pixel: Phone, clock: Clock):
    from django.db import OperationalError, connection

    def fault(*_: object) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(fault):
        answer = pixel.tell_clock(0)

    assert (answer.status, answer.cause) == (503, "X5")


# --- Renewing the key, the name, the clock ----------------------------------------------------------------------
def test_a_renewed_key_takes_the_place_of_the_old_one(pixel: Phone, ada: object, clock: Clock):
    old = pixel.key

    assert pixel.rotate().status == 200
    assert pixel.rename("Renamed").status == 200
    pixel.key = old
    assert pixel.rename("Again").cause == "Y3"


@pytest.mark.parametrize("fault", ["foreign proof", "proof for another phone", "no point"])
def test_a_new_key_must_say_itself_that_it_belongs_to_the_phone(pixel: Phone, clock: Clock, fault: str):
    from tests.phone import public_half

    new = new_key()
    public = "A" * 86 if fault == "no point" else public_half(new)
    reference = "A" * 22 if fault == "proof for another phone" else pixel.reference
    signer = new_key() if fault == "foreign proof" else new
    proof = signature(signer, f"gatehouse-key-rotate-v1\n{reference}\n{public}")
    before = row_of(pixel).public_key

    said = pixel.call("POST", "rotate/", {"public_key": public, "proof": proof})

    assert (said.status, said.cause) == ((400, "Y1") if fault == "no point" else (401, "Y3"))
    assert row_of(pixel).public_key == before


def test_two_phones_do_not_come_to_share_a_key(pixel: Phone, ben: object, clock: Clock, monkeypatch: object):
    other = paired(ben)
    monkeypatch.setattr("tests.phone.new_key", lambda: other.key)

    assert (said := pixel.rotate()).status == 401
    assert said.cause == "Y3"


def test_naming_the_phone_names_the_keys_that_bore_its_name(pixel: Phone, ada: object, clock: Clock):
    key = ada.user.key_set.get(phone__isnull=False)

    pixel.rename("  Ann\u2019s\u00a0other phone \U0001f468\u200d\U0001f4bb ")

    key.refresh_from_db()
    assert key.name == row_of(pixel).name == "Ann\u2019s other phone \U0001f468\u200d\U0001f4bb"
    assert ada.user.key_set.get(phone=None).name == "Ada's phone"


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "a\tb", "a\x00b", "a\x7f", "\u202eb", "\u200b", "\u2028"])
def test_a_name_is_one_line_that_can_be_seen(pixel: Phone, clock: Clock, name: str):
    assert pixel.rename(name).cause == "Y1"


@pytest.mark.parametrize("offset", [-43_200, 0, 200, 43_200])
def test_the_phone_tells_how_wrong_its_clock_is(pixel: Phone, clock: Clock, offset: int):
    assert pixel.tell_clock(offset).status == 200
    assert row_of(pixel).clock_offset == offset


@pytest.mark.parametrize("offset", [-43_201, 43_201, True, 1.0, "1", None, 10**400])
def test_no_other_offset_is_taken(pixel: Phone, clock: Clock, offset: object):
    assert pixel.tell_clock(offset).cause == "Y1"
    assert row_of(pixel).clock_offset is None
