"""What owners are told of pauses, new devices and wrong codes: from where, until when, what to do (LOCK-7, SESS-4)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client

from accounts.actions.sign_in import lockout_notices, pause_origins
from accounts.models import Customer, PauseOrigin
from accounts.refusals import Paused
from portal.lib import time_format
from portal.outbox.emails import message_for
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone
from tests.phones import row_of
from tests.push_service import PhoneKeys

pytestmark = pytest.mark.django_db
LIMIT = 5
SETTLED = 120  # seconds until a pause is announced, at most
FROM = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}


def somewhere(address: str) -> str:
    return "near Toronto"


@pytest.fixture(autouse=True)
def places(settings: object) -> None:
    settings.PORTAL_GEOLOCATION = f"{__name__}.somewhere"


def pause(person: Person, clock: Clock) -> None:
    """Let strangers start a pause, and the worker announce it; a quarter of an hour goes by."""
    for _ in range(LIMIT):
        factories.sign_in(Client(**FROM), person, password="wrong")
    clock.move(seconds=SETTLED)
    lockout_notices.announce(clock.now)
    clock.move(minutes=15)


def subscribe(phone: Phone) -> None:
    row = row_of(phone)
    row.subscription = PhoneKeys().subscription()
    row.save(update_fields=["subscription"])


def told(kind: str = "paused", channel: str = "email") -> list[Notice]:
    return list(Notice.objects.filter(kind=kind, channel=channel).order_by("pk"))


@pytest.mark.promise("LOCK-7")
def test_a_pause_is_told_with_place_device_address_and_end(ada: Person, clock: Clock) -> None:
    pause(ada, clock)

    (notice,) = told()
    text, (html, _type) = message_for(notice).body, message_for(notice).alternatives[0]

    for part in ("Firefox on Windows", "near Toronto", "203.0.113.9", "07:15 (New York time)", notice.reference):
        assert part in text
        assert part in html


@pytest.mark.promise("LOCK-7")
def test_the_end_of_a_pause_is_never_told_too_early(ada: Person, clock: Clock) -> None:
    clock.move(seconds=1)
    pause(ada, clock)

    assert "07:16 (New York time)" in message_for(told()[0]).body


@pytest.mark.promise("LOCK-7")
def test_the_pause_page_rounds_up_too(ada: Person, clock: Clock) -> None:
    clock.move(seconds=1)
    for _ in range(LIMIT):
        answer = factories.sign_in(Client(), ada, password="wrong")

    page = answer.content.decode()
    assert "07:16 (New York time)" in page
    assert "07:15 (" not in page
    assert answer["Retry-After"] == "900"


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (59, 1), (60, 1), (61, 2)])
def test_a_moment_is_told_by_the_minute_it_ends_in(seconds: int, minutes: int, clock: Clock) -> None:
    moment = clock.now + timedelta(seconds=seconds)

    assert time_format.next_minute(moment) == clock.now + timedelta(minutes=minutes)
    assert Paused(until=moment).until == moment


@pytest.mark.promise("LOCK-7")
def test_the_end_is_told_in_the_customers_zone(ada: Person, clock: Clock) -> None:
    Customer.objects.update(time_zone="Asia/Tokyo")
    pause(ada, clock)

    assert "21:15 (Tokyo time)" in message_for(told()[0]).body


@pytest.mark.promise("LOCK-7")
def test_a_pause_is_told_to_the_key_too(ada: Person, pixel: Phone, clock: Clock) -> None:
    subscribe(pixel)
    pause(ada, clock)

    assert [notice.target for notice in told(channel="push")] == [pixel.reference]


@pytest.mark.promise("LOCK-7")
def test_the_first_pause_is_told_at_once_and_further_ones_at_most_hourly_with_their_count(
    ada: Person, clock: Clock
) -> None:
    for _ in range(12):  # each takes 17 minutes
        pause(ada, clock)

    mails = told()
    gaps = [later.created_at - one.created_at for one, later in pairwise(mails)]
    assert [notice.facts["pauses"] for notice in mails] == [1, 4, 4]
    assert min(gaps) >= timedelta(hours=1)
    assert len(mails) + len(told(channel="portal")) == 12


@pytest.mark.promise("LOCK-7")
def test_every_pause_stands_among_the_notices(ada: Person, clock: Clock) -> None:
    for _ in range(3):
        pause(ada, clock)

    page = factories.signed_in(ada).get("/notices/").content.decode()

    assert page.count('data-notice="paused"') == 3


def test_where_a_pause_came_from_is_encrypted_and_of_the_last_one(ada: Person, clock: Clock) -> None:
    pause(ada, clock)
    elsewhere = FROM | {"REMOTE_ADDR": "198.51.100.4"}
    for _ in range(LIMIT):
        factories.sign_in(Client(**elsewhere), ada, password="wrong")

    row = PauseOrigin.objects.get()

    assert pause_origins.of(row.bucket).ip == "198.51.100.4"
    assert "198" not in str(PauseOrigin.objects.values_list("address", flat=True)[0])


def test_wrong_codes_that_pause_are_told_with_their_origin(ada: Person, clock: Clock) -> None:
    for _ in range(LIMIT):
        factories.sign_in(Client(**FROM), ada, code="000000")
    clock.move(seconds=SETTLED)
    lockout_notices.announce(clock.now)

    assert (told()[0].facts["limit"], told()[0].facts["ip"]) == ("code", "203.0.113.9")


@pytest.mark.promise("SESS-4")
def test_a_new_device_is_told_with_place_device_address_and_what_to_do(ada: Person, clock: Clock) -> None:
    factories.sign_in(Client(**FROM), ada)

    (notice,) = told("new_device")
    text = message_for(notice).body

    for part in ("Firefox on Windows", "near Toronto", "203.0.113.9", notice.reference, "07:00 (New York time)"):
        assert part in text


@pytest.mark.promise("SESS-4")
def test_a_new_device_is_told_to_the_key_too(ada: Person, pixel: Phone, clock: Clock) -> None:
    subscribe(pixel)
    factories.sign_in(Client(**FROM), ada)

    assert len(told("new_device", "push")) == 1


# --- Somebody knows the password ------------------------------------------------------------------------


def wrong_codes(person: Person, clock: Clock, times: int) -> None:
    """Give the right password and a wrong code, four times in each quarter of an hour, so that nothing is paused."""
    for number in range(times):
        factories.sign_in(Client(**FROM), person, code="000000")
        if number % 4 == 3:
            clock.move(minutes=15)


@pytest.mark.promise("LOCK-6")
@pytest.mark.promise("LOCK-7")
def test_ten_and_fifty_wrong_codes_in_a_row_warn_that_somebody_knows_the_password(ada: Person, clock: Clock) -> None:
    wrong_codes(ada, clock, 9)
    assert told("codes_wrong") == []
    wrong_codes(ada, clock, 60)

    assert [notice.facts["tries"] for notice in told("codes_wrong")] == [10, 50]
    text = message_for(told("codes_wrong")[0]).body
    assert "203.0.113.9" in text
    assert "100" in text


def test_wrong_backup_codes_count_alike(ada: Person, clock: Clock) -> None:
    wrong_codes(ada, clock, 9)
    client = Client()
    factories.type_password(client, "ada", ada.password)

    factories.press(client, backup_code="2222-2222")

    assert [notice.facts["tries"] for notice in told("codes_wrong")] == [10]


def test_the_same_number_warns_once_a_day(ada: Person, clock: Clock) -> None:
    for _ in range(2):
        wrong_codes(ada, clock, 10)
        clock.move(minutes=15)
        factories.sign_in(Client(), ada)  # the owner's right code clears them
        clock.move(minutes=15)

    assert len(told("codes_wrong")) == 1


# --- Requests to the phone ------------------------------------------------------------------------------


@pytest.mark.promise("LOCK-5")
@pytest.mark.promise("KEY-12")
def test_requests_of_somebody_elses_sign_in_use_up_none_of_a_known_browsers(
    ada: Person, pixel: Phone, clock: Clock
) -> None:
    home = Client()
    factories.sign_in(home, ada)
    home.post("/logout/")
    clock.move(minutes=1)
    strangers = [factories.type_password(Client(), "ada", ada.password) for _ in range(4)]
    assert ["data-approval" in answer.content.decode() for answer in strangers] == [True] * 2 + [
        False
    ] * 2  # and one before

    own = factories.type_password(home, "ada", ada.password)

    assert "data-approval" in own.content.decode()


@pytest.mark.promise("LOCK-5")
@pytest.mark.promise("KEY-12")
def test_what_was_denied_to_strangers_does_not_silence_a_known_browser(ada: Person, pixel: Phone, clock: Clock) -> None:
    home = Client()
    factories.sign_in(home, ada)
    home.post("/logout/")
    clock.move(minutes=11)
    factories.type_password(Client(), "ada", ada.password)
    pixel.deny(pixel.requests()["requests"][0])

    stranger = factories.type_password(Client(), "ada", ada.password)
    own = factories.type_password(home, "ada", ada.password)

    assert ["data-approval" in answer.content.decode() for answer in (stranger, own)] == [False, True]
