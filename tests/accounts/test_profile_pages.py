"""What is on file about a customer: masked, shown in full after a fresh proof, and what they change alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import holds
from accounts.models import Customer
from accounts.policies import masks, telephone_numbers
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.pages import cause_of, marks

PROFILE, FULL, PHONE, CHOICES = (
    reverse(f"accounts:{name}") for name in ("profile", "profile-full", "profile-phone", "profile-preferences")
)


@pytest.fixture
def person(ada: Person) -> Person:
    customer = ada.user.customer
    customer.phone, customer.time_zone = "+442079460018", ""
    customer.address = {"line1": "12 Harbour Lane", "city": "Bristol", "postcode": "BS1 4QA", "country": "GB"}
    customer.save()
    return ada


SECRET = ("10 December 1985", "Harbour Lane", "BS1 4QA", "+442079460018", "ada@example.test", "Byron")


def test_the_profile_masks_what_a_look_over_the_shoulder_could_use(person: Person, clock: Clock):
    page = factories.signed_in(person).get(PROFILE)

    text = page.content.decode()
    assert [secret for secret in (*SECRET, "1985-12-10") if secret in text] == []
    assert "ada" in text  # the username
    assert masks.email("ada@example.test") in text
    assert marks(page, "shown") == ["masked"]
    assert problems(text) == []


def test_everything_is_shown_after_a_fresh_proof_and_each_look_is_recorded(person: Person, clock: Clock):
    client = factories.signed_in(person)
    clock.move(minutes=11)
    assert client.post(FULL)["Location"].startswith(reverse("accounts:confirm"))
    client.post(reverse("accounts:confirm"), {"password": person.password, "code": person.code()})
    assert problems(client.get(FULL).content.decode()) == []
    assert not SecurityEvent.objects.filter(action="details_shown").exists()

    page = client.post(FULL)

    assert [secret for secret in SECRET if secret not in page.content.decode()] == []
    assert problems(page.content.decode()) == []
    assert SecurityEvent.objects.get(action="details_shown").facts == {}


def test_the_profile_costs_the_same_with_a_hundred_accounts(person: Person, clock: Clock):
    client = factories.signed_in(person)
    counts = []
    for number in (0, 99):
        for extra in range(number):
            factories.account(person, f"X{extra:07}")
        with CaptureQueriesContext(connection) as queries:
            client.get(PROFILE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+44 20 7946 0018", "+442079460018"),
        ("0044 (20) 7946-0018", "+442079460018"),
        ("＋４４ ２０ ７９４６ ００１８", "+442079460018"),
        ("+1 555.0111.22", "+1555011122"),
        ("020 7946 0018", None),
        ("+0 20 7946 0018", None),
        ("+44", None),
        ("+44 20 7946 0018 ext 2", None),
        ("+1234567890123456", None),
        ("", None),
    ],
)
def test_a_phone_number_is_read_however_it_is_spelled(typed, number):
    assert telephone_numbers.read(typed) == number


@pytest.mark.promise("PW-3")
def test_the_phone_number_is_changed_recorded_and_told(person: Person, clock: Clock):
    factories.phone(person)
    client = factories.signed_in(person)
    assert problems(client.get(PHONE).content.decode()) == []
    assert cause_of(client.post(PHONE, {"phone": "020 7946 0018"})) == "D4"

    assert client.post(PHONE, {"phone": "+44 20 7946 0099"}).status_code == 302

    assert Customer.objects.get(pk=person.user.customer_id).phone == "+442079460099"
    assert SecurityEvent.objects.get(action="phone_changed").facts == {}
    assert Notice.objects.filter(kind="phone_changed", channel="email").count() == 1


def test_a_held_phone_number_stays_and_the_page_says_until_when(person: Person, clock: Clock, monkeypatch):
    until = portal_clock.now() + timedelta(hours=30)
    monkeypatch.setattr(
        holds, "_SOURCES", [lambda ids, scope, now: {person.user.pk: until} if person.user.pk in ids else {}]
    )

    answer = factories.signed_in(person).post(PHONE, {"phone": "+44 20 7946 0099"})

    assert cause_of(answer) == "D3"
    assert "3 March 2026" in answer.content.decode()
    assert Customer.objects.get(pk=person.user.customer_id).phone == "+442079460018"


def test_language_and_zone_are_chosen_from_what_there_is(person: Person, clock: Clock):
    client = factories.signed_in(person)
    assert problems(client.get(CHOICES).content.decode()) == []
    for wrong in ({"time_zone": "Europe/Nowhere"}, {"language": "xx"}, {"time_zone": "../../etc/passwd"}):
        assert client.post(CHOICES, {"language": "en", "time_zone": ""} | wrong).status_code == 400

    assert client.post(CHOICES, {"language": "en", "time_zone": "Asia/Tokyo"}).status_code == 302

    assert Customer.objects.get(pk=person.user.customer_id).time_zone == "Asia/Tokyo"
    assert SecurityEvent.objects.get(action="preferences_set").facts["time_zone"] == "Asia/Tokyo"
    assert "Tokyo" in client.get("/security/").content.decode()


@pytest.mark.parametrize(
    ("cookie", "city"),
    [
        ("Asia/Tokyo", "Tokyo"),
        ("Asia%2FTokyo", "Tokyo"),
        ("", "New York"),
        ("Mars/Olympus", "New York"),
        ("../../etc/passwd", "New York"),
        ("<script>", "New York"),
    ],
)
def test_who_has_chosen_no_zone_gets_that_of_the_browser_if_it_is_one(person: Person, clock: Clock, cookie, city):
    client = factories.signed_in(person)
    client.cookies["zone"] = cookie

    page = client.get("/security/").content.decode()

    assert f"{city} time" in page
    assert cookie not in page or not cookie or "/" not in cookie or cookie.endswith(city)


def test_a_chosen_zone_counts_more_than_the_browsers(person: Person, clock: Clock):
    Customer.objects.filter(pk=person.user.customer_id).update(time_zone="Europe/Vienna")
    client = factories.signed_in(person)
    client.cookies["zone"] = "Asia/Tokyo"

    page = client.get("/security/").content.decode()

    assert "Vienna time" in page
    assert "Tokyo" not in page


def test_signed_out_pages_use_the_zone_of_the_browser_and_leave_none_behind(person: Person, clock: Clock):
    for _ in range(5):
        factories.type_password(Client(), "ada", "wrong")
    far, near = Client(), Client()
    far.cookies["zone"] = "Asia/Tokyo"

    assert "Tokyo" in factories.type_password(far, "ada", "wrong").content.decode()
    assert "Tokyo" not in factories.type_password(near, "ada", "wrong").content.decode()


@pytest.mark.parametrize("zone", ["Etc/GMT+3", "Etc/GMT-14", "GMT", "EST", "Etc/UTC"])
def test_a_zone_without_a_city_is_one_too(db, clock: Clock, zone: str):
    browser = Client()
    browser.cookies["zone"] = zone

    page = browser.get("/login/")

    assert page.status_code == 200
    assert zone.rpartition("/")[2] in page.content.decode()


def test_pages_that_everybody_shares_are_the_same_in_every_zone(client, db):
    far = Client()
    far.cookies["zone"] = "Asia/Tokyo"

    assert far.get("/help/contact/").content == client.get("/help/contact/").content
