"""Letting a browser try with the Key, by the number on its page (LOCK-5)."""

import re

import pytest
from django.test import Client

from accounts.actions.sign_in import browser_admission
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.test_browser_admission import CODE_PAGE, LIMIT, ORIGIN, ask, pause
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of
from tests.phone import Phone
from tests.phones import paired, row_of
from tests.races import AT_ONCE, ROUNDS, at_once, done

pytestmark = pytest.mark.django_db


def number_on(browser: Client) -> str:
    return re.search(r"data-number>([\d ]+)<", browser.get(CODE_PAGE).content.decode())[1].replace(" ", "")


@pytest.mark.promise("LOCK-5")
def test_the_number_typed_into_the_key_lets_this_browser_try(ada: Person, pixel: Phone, clock: Clock) -> None:
    pause(ada)
    browser = ask()
    assert cause_of(browser.post(CODE_PAGE, {"by_key": "yes"})) == "B2"

    said = pixel.allow_browser(number_on(browser))

    assert (said.status, said["account"]) == (200, "ada")
    assert browser.post(CODE_PAGE, {"by_key": "yes"})["Location"] == "/login/?ended=admitted"
    assert factories.sign_in(browser, ada).status_code == 302
    actions = SecurityEvent.objects.filter(subject=ada.user).values_list("action", flat=True)
    assert {"browser_allowed", "browser_admitted"} <= set(actions)


def test_asking_sends_nothing_to_the_phone(ada: Person, pixel: Phone, clock: Clock, settings: object) -> None:
    ask()
    browser_admission.send_codes(clock.now)

    assert set(Notice.objects.values_list("channel", flat=True)) == {"email"}


def test_the_number_of_anothers_browser_is_like_one_that_is_not_there(
    pixel: Phone, mallory: Person, clock: Clock
) -> None:
    theirs, nobodys = ask("mallory"), ask("nobody")

    answers = [pixel.allow_browser(number) for number in (number_on(theirs), number_on(nobodys), "00000000")]

    assert [(said.status, said.cause, said["tries_left"]) for said in answers] == [
        (404, "B3", 4),
        (404, "B3", 3),
        (404, "B3", 2),
    ]


def test_a_phone_has_five_tries_at_numbers(pixel: Phone, clock: Clock) -> None:
    browser = ask()

    statuses = [pixel.allow_browser("00000000").status for _ in range(LIMIT)]

    assert statuses == [404] * 4 + [429]
    assert pixel.allow_browser(number_on(browser)).status == 429


def test_a_number_works_once(pixel: Phone, clock: Clock) -> None:
    number = number_on(ask())

    assert [pixel.allow_browser(number).status for _ in range(2)] == [200, 404]


def test_another_browser_does_not_take_up_what_the_key_allowed(pixel: Phone, clock: Clock) -> None:
    mine, other = ask(), ask()
    pixel.allow_browser(number_on(mine))

    assert cause_of(other.post(CODE_PAGE, {"by_key": "yes"})) == "B2"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_number_typed_twenty_times_at_once_is_allowed_and_taken_up_once(_round: int, clock: Clock) -> None:
    phone, now = row_of(paired(factories.customer("ada"))), clock.now
    asked = browser_admission.ask(username="ada", origin=ORIGIN, now=now)

    def allow() -> object:
        return browser_admission.allow(phone=phone, number=asked.number, origin=ORIGIN, now=now)

    def take_up() -> object:
        return browser_admission.take_up(ticket=asked.ticket, browser="", origin=ORIGIN, now=now)

    assert done(at_once(*[allow] * AT_ONCE)) == 1
    assert done(at_once(*[take_up] * AT_ONCE)) == 1
    actions = SecurityEvent.objects.values_list("action", flat=True)
    assert sorted(actions) == ["browser_admitted", "browser_allowed"]
