"""A wrong clock is explained after the right password, and never accepted (KEY-10)."""

import html
from functools import partial

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions.sign_in import clock_drift
from accounts.models import Key, PlatformSession
from accounts.policies.keys import totp
from accounts.refusals import ClockWrong, CodeWrong
from portal.lib import clock as portal_clock
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of
from tests.races import AT_ONCE, ROUNDS, at_once

pytestmark = [pytest.mark.django_db, pytest.mark.promise("KEY-10")]


def wrong_by(person: Person, seconds: int, client: Client | None = None) -> str:
    """Type the code of a clock that is that many seconds fast, after the right password; return the page."""
    client = client or Client()
    factories.type_password(client, person.user.username, person.password)
    answer = factories.type_code(client, person.code(steps=seconds // 30))
    return html.unescape(answer.content.decode())


WORDS = [
    (-600, "10 minutes slow"),
    (-570, "9.5 minutes slow"),
    (-240, "4 minutes slow"),
    (-90, "1.5 minutes slow"),
    (-60, "1 minute slow"),
    (60, "1 minute fast"),
    (90, "1.5 minutes fast"),
    (240, "4 minutes fast"),
    (600, "10 minutes fast"),
]


@pytest.mark.parametrize(("seconds", "words"), WORDS)
def test_by_how_much_and_which_way_is_said(ada: Person, clock: Clock, seconds: int, words: str) -> None:
    page = wrong_by(ada, seconds)

    assert (cause_of(page), words in page) == ("K2", True)
    assert f'/help/problem/key-code-not-accepted/?m={seconds}#clock"' in page
    assert "Tries left: 4" in page
    assert PlatformSession.objects.count() == 0


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_that_is_right_enough_signs_in(ada: Person, clock: Clock, seconds: int) -> None:
    assert wrong_by(ada, seconds) == ""
    assert PlatformSession.objects.count() == 1


@pytest.mark.parametrize("seconds", [-630, 630, 86_400])
def test_what_is_too_far_off_is_just_wrong(ada: Person, clock: Clock, seconds: int) -> None:
    assert cause_of(wrong_by(ada, seconds)) == "K1"


def test_it_is_counted_like_any_wrong_code(ada: Person, clock: Clock) -> None:
    wrong_by(ada, 240)

    assert Throttle.objects.get(limit="code").used_in_a_row == 1


def test_it_is_told_once_in_ten_minutes(ada: Person, clock: Clock) -> None:
    said = [cause_of(wrong_by(ada, 240 + 30 * number)) == "K2" for number in range(3)]
    clock.move(minutes=10)
    said.append(cause_of(wrong_by(ada, 240)) == "K2")

    assert said == [True, False, False, True]


def test_of_one_person_s_keys_any_may_show_it_but_only_one_in_ten_minutes(ada: Person, clock: Clock) -> None:
    other = factories.seed_of("second")
    Key.objects.create(user=ada.user, name="Second", secret=other, confirmed=True)

    assert "4 minutes fast" in wrong_by(Person(ada.user, ada.password, other), 240)
    assert cause_of(wrong_by(ada, 240)) == "K1"


def test_the_nearer_of_two_explanations_is_given(ada: Person, clock: Clock) -> None:
    seed, code = totp.decode_secret(ada.seed), ada.code(steps=8)
    now = clock.now.timestamp()

    assert totp.steps_away(seed, code, at=now, reach=20, after=-1) == 8
    assert totp.steps_away(seed, code, at=now, reach=7, after=-1) is None


def test_a_code_that_may_have_been_used_is_not_explained(ada: Person, clock: Clock) -> None:
    Key.objects.update(last_step=totp.step_at(clock.now.timestamp()) - 5)

    assert cause_of(wrong_by(ada, -240)) == "K1"
    assert "3 minutes slow" not in wrong_by(ada, -150)
    assert "2 minutes slow" in wrong_by(ada, -120)


def test_nothing_is_explained_after_a_wrong_password(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", "wrong")
    answer = factories.type_code(client, ada.code(steps=8))

    assert cause_of(answer) == "S3"


def test_nothing_is_explained_where_it_is_turned_off(ada: Person, clock: Clock, settings: object) -> None:
    settings.PORTAL_KEY_DRIFT_HINT = False

    assert cause_of(wrong_by(ada, 240)) == "K1"
    assert Key.objects.get().drift_told_at is None


def test_the_last_try_begins_the_pause_and_explains_nothing(ada: Person, clock: Clock) -> None:
    client = Client()
    factories.type_password(client, "ada", ada.password)
    for _ in range(settings.PORTAL_FAILURE_LIMIT - 1):
        factories.type_code(client, "000000")

    assert factories.type_code(client, ada.code(steps=8)).status_code == 429
    assert Key.objects.get().drift_told_at is None


def test_what_was_explained_opens_nothing_afterwards(ada: Person, clock: Clock) -> None:
    client, code = Client(), ada.code(steps=-8)
    wrong_by(ada, -240, client)

    assert factories.type_code(client, code).status_code == 200
    assert PlatformSession.objects.count() == 0


def test_what_was_explained_opens_nothing_when_its_time_comes(ada: Person, clock: Clock) -> None:
    client, code = Client(), ada.code(steps=8)
    assert "4 minutes fast" in wrong_by(ada, 240, client)

    clock.move(minutes=4)

    assert cause_of(factories.type_code(client, code)) == "K3"
    assert PlatformSession.objects.count() == 0
    clock.move(seconds=30)
    assert factories.type_code(client, ada.code()).status_code == 302


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_told_once() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"drifter{number}")
        now, user = portal_clock.now(), person.user
        pending = factories.pending(user, at=now)
        code = person.code(at=now, steps=8)

        wrong = CodeWrong(tries_left=4)

        told = at_once(
            *[partial(clock_drift.explained, wrong, pending=pending, code=code, tries_left=4, now=now)] * AT_ONCE
        )

        assert [type(refusal) for refusal in told].count(ClockWrong) == 1
