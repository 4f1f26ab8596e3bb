"""Limits of signing in: when sign-in is paused, for whom, and how the pause ends."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.actions.sign_in import lockout_notices
from accounts.enums import Action
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from portal.throttle.reserve import LimitReached, reserve
from tests import buckets, factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = pytest.mark.django_db
LIMIT = 5


def fail(person: Person, times: int, client: Client | None = None) -> object:
    answer = None
    for _ in range(times):
        answer = factories.sign_in(client or Client(), person, password="wrong")
    return answer


def known_browser(person: Person, clock: Clock) -> Client:
    """Return a browser this person has signed in with and left."""
    home = Client()
    factories.sign_in(home, person)
    home.post("/logout/")
    clock.move(minutes=1)
    return home


@pytest.mark.promise("LOCK-1")
def test_five_wrong_tries_pause_sign_in(ada: Person, clock: Clock) -> None:
    assert [fail(ada, 1).status_code for _ in range(LIMIT)] == [200, 200, 200, 200, 429]
    assert factories.sign_in(Client(), ada).status_code == 429


@pytest.mark.promise("LOCK-1")
def test_the_tries_left_are_said(ada: Person, clock: Clock) -> None:
    pages = [fail(ada, 1).content.decode() for _ in range(LIMIT - 1)]

    assert [f"Tries left: {left}" in page for left, page in zip((4, 3, 2), pages, strict=False)] == [True] * 3
    assert cause_of(pages[3]) == "P2"


@pytest.mark.promise("LOCK-2")
def test_the_pause_ends_after_fifteen_minutes_to_the_second(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT)

    clock.move(minutes=15, seconds=-1)
    assert factories.sign_in(Client(), ada).status_code == 429

    clock.move(seconds=1)
    assert factories.sign_in(Client(), ada).status_code == 302


@pytest.mark.promise("LOCK-2")
def test_nobody_typing_moves_the_end_of_the_pause(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT)

    for _ in range(14):
        clock.move(minutes=1)
        fail(ada, 1)
        assert factories.sign_in(Client(), ada).status_code == 429
    clock.move(minutes=1)

    assert factories.sign_in(Client(), ada).status_code == 302


@pytest.mark.promise("LOCK-2")
def test_the_page_says_until_when_and_the_ways_on(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT)
    clock.move(minutes=5)

    answer = fail(ada, 1)

    assert answer["Retry-After"] == "600"
    page = answer.content.decode()
    assert "07:15 (New York time)" in page
    for way in ("/recover/", settings.PORTAL_SUPPORT_PHONE, "/help/problem/account-paused/", 'href="/login/"'):
        assert way in page


@pytest.mark.promise("LOCK-1")
def test_a_right_password_does_not_cost_a_try(ada: Person, clock: Clock) -> None:
    for _ in range(LIMIT * 2):
        assert factories.type_password(Client(), "ada", ada.password).status_code == 200

    assert Throttle.objects.filter(used__gt=0).count() == 0


def test_a_full_sign_in_forgets_earlier_tries(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT - 1)
    factories.sign_in(Client(), ada)

    assert [fail(ada, 1).status_code for _ in range(LIMIT - 1)] == [200] * 4


def test_the_password_alone_does_not_forget_earlier_tries(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT - 1)
    factories.type_password(Client(), "ada", ada.password)

    assert fail(ada, 1).status_code == 429


def test_success_with_one_name_gives_no_tries_at_another(ada: Person, mallory: Person, clock: Clock) -> None:
    browser, statuses = Client(), []
    for _ in range(LIMIT):
        statuses.append(fail(ada, 1, browser).status_code)
        clock.move(seconds=30)
        assert factories.sign_in(browser, mallory).status_code == 302
        browser.post("/logout/")

    assert statuses[-1] == 429


@pytest.mark.promise("LOCK-5")
def test_a_stranger_does_not_lock_the_owner_out(ada: Person, clock: Clock) -> None:
    home = known_browser(ada, clock)

    fail(ada, LIMIT)

    assert factories.sign_in(Client(), ada).status_code == 429
    assert factories.sign_in(home, ada).status_code == 302


@pytest.mark.promise("LOCK-5")
def test_a_known_browser_has_five_tries_of_its_own(ada: Person, clock: Clock) -> None:
    home = known_browser(ada, clock)

    assert fail(ada, LIMIT, home).status_code == 429
    assert factories.sign_in(Client(), ada).status_code == 302


@pytest.mark.promise("LOCK-5")
def test_a_browser_known_to_one_name_is_a_stranger_to_another(ada: Person, mallory: Person, clock: Clock) -> None:
    theirs = Client()
    factories.sign_in(theirs, mallory)
    theirs.post("/logout/")

    fail(ada, LIMIT)

    assert fail(ada, 1, theirs).status_code == 429


@pytest.mark.promise("LOCK-6")
def test_wrong_codes_are_counted_apart_from_wrong_passwords(ada: Person, clock: Clock) -> None:
    client = Client()
    factories.type_password(client, "ada", ada.password)

    statuses = [factories.type_code(client, "000000").status_code for _ in range(LIMIT)]

    assert statuses == [200, 200, 200, 200, 429]
    assert factories.type_password(Client(), "ada", ada.password).status_code == 200
    assert factories.type_code(client, ada.code()).status_code == 429


@pytest.mark.promise("LOCK-5")
def test_a_thief_of_the_password_does_not_lock_a_known_browser_out(ada: Person, clock: Clock) -> None:
    home = known_browser(ada, clock)
    for _ in range(LIMIT):
        factories.sign_in(Client(), ada, code="000000")

    assert factories.sign_in(Client(), ada).status_code == 429
    assert factories.sign_in(home, ada).status_code == 302


@pytest.mark.promise("LOCK-6")
def test_a_known_browser_has_no_more_tries_at_codes_than_others(ada: Person, clock: Clock) -> None:
    home = known_browser(ada, clock)

    assert [factories.sign_in(home, ada, code="000000").status_code for _ in range(LIMIT)] == [200] * 4 + [429]
    assert set(Throttle.objects.filter(limit="code").values_list("total", flat=True)) == {100}


@pytest.mark.promise("LOCK-6")
def test_a_full_sign_in_forgets_wrong_codes_in_a_row(ada: Person, clock: Clock) -> None:
    home = known_browser(ada, clock)
    for browser in (home, Client()):
        factories.sign_in(browser, ada, code="000000")
    assert factories.sign_in(home, ada).status_code == 302

    assert set(Throttle.objects.filter(limit="code").values_list("used_in_a_row", flat=True)) <= {0}


@pytest.mark.promise("LOCK-6")
def test_a_right_password_does_not_reset_the_tries_at_codes(ada: Person, clock: Clock) -> None:
    statuses = [factories.sign_in(Client(), ada, code="000000").status_code for _ in range(LIMIT)]

    assert statuses == [200, 200, 200, 200, 429]


@pytest.mark.promise("LOCK-6")
def test_a_pause_for_codes_never_lasts_longer_than_fifteen_minutes(ada: Person, clock: Clock) -> None:
    for _ in range(5):
        for _ in range(LIMIT):
            factories.sign_in(Client(), ada, code="000000")
        clock.move(minutes=15)

    assert factories.sign_in(Client(), ada).status_code == 302


@pytest.mark.promise("LOCK-6")
def test_a_hundred_wrong_codes_in_a_row_end_in_recovery(ada: Person, clock: Clock) -> None:
    claim = buckets.code(ada.user.username_hash)
    for _ in range(settings.PORTAL_CODE_FAILURE_TOTAL // LIMIT):
        for _ in range(LIMIT):
            reserve(claim, now=clock.now)
        clock.move(minutes=16)

    with pytest.raises(LimitReached) as reached:
        reserve(claim, now=clock.now)
    assert reached.value.until is None
    assert cause_of(factories.sign_in(Client(), ada)) == "L4"


@pytest.mark.promise("LOCK-7")
def test_the_owner_is_told_of_a_pause(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT)
    clock.move(seconds=30)

    lockout_notices.announce(portal_clock.now())
    lockout_notices.announce(portal_clock.now())

    notice = Notice.objects.get(user=ada.user)
    assert (notice.kind, notice.facts["tries"]) == ("paused", LIMIT)
    assert SecurityEvent.objects.get(subject=ada.user).action == Action.PAUSED


@pytest.mark.promise("LOCK-7")
def test_unknown_names_are_paused_alike_and_nobody_is_told(clock: Clock) -> None:
    statuses = [factories.type_password(Client(), "nobody", "wrong").status_code for _ in range(LIMIT)]
    clock.move(seconds=30)

    assert statuses == [200, 200, 200, 200, 429]
    assert lockout_notices.announce(portal_clock.now()) == 1
    assert Notice.objects.count() == SecurityEvent.objects.count() == 0


def test_a_pause_between_the_steps_stops_the_second(ada: Person, clock: Clock) -> None:
    client = Client()
    factories.type_password(client, "ada", ada.password)
    fail(ada, LIMIT)

    assert factories.type_code(client, ada.code()).status_code == 429


def test_one_network_that_tries_many_names_is_paused(ada: Person, clock: Clock, settings: object) -> None:
    settings.PORTAL_SOURCE_LIMIT = 10
    statuses = [
        factories.type_password(Client(REMOTE_ADDR="192.0.2.7"), f"name{number}", "x").status_code
        for number in range(11)
    ]

    assert statuses == [200] * 9 + [429, 429]
    assert factories.sign_in(Client(REMOTE_ADDR="192.0.2.7"), ada).status_code == 429
    assert factories.sign_in(Client(REMOTE_ADDR="192.0.2.8"), ada).status_code == 302


@pytest.mark.promise("LOCK-5")
def test_a_paused_network_does_not_shut_a_known_browser_out(ada: Person, clock: Clock, settings: object) -> None:
    settings.PORTAL_SOURCE_LIMIT = 10
    home = known_browser(ada, clock)
    for number in range(11):
        factories.type_password(Client(), f"name{number}", "x")

    assert factories.sign_in(Client(), ada).status_code == 429
    assert factories.sign_in(home, ada).status_code == 302


def test_addresses_of_one_ipv6_network_share_their_tries(clock: Clock) -> None:
    first, second = buckets.network("2001:db8::1"), buckets.network("2001:db8::ffff")

    assert first == second
    assert first != buckets.network("2001:db8:0:1::1")


@pytest.mark.promise("LOCK-1")
def test_a_paused_name_never_reaches_the_hash(ada: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(ada, LIMIT)
    monkeypatch.setattr("accounts.actions.sign_in.check_password._matching", lambda *_: pytest.fail("it was hashed"))

    assert factories.sign_in(Client(), ada).status_code == 429


@pytest.mark.parametrize("command", [["axes_reset"], ["axes_reset_username", "ADA"], ["axes_reset_ip", "127.0.0.1"]])
def test_the_commands_of_axes_end_a_pause(ada: Person, clock: Clock, settings: object, command: list[str]) -> None:
    settings.PORTAL_SOURCE_LIMIT = LIMIT
    settings.PORTAL_FAILURE_LIMIT = LIMIT if command[0] != "axes_reset_ip" else 10
    assert fail(ada, LIMIT).status_code == 429

    call_command(*command)
    if command[0] == "axes_reset_username":
        call_command("axes_reset_ip", "127.0.0.1")

    assert factories.sign_in(Client(), ada).status_code == 302


def test_tries_are_forgotten_fifteen_minutes_after_the_last(ada: Person, clock: Clock) -> None:
    fail(ada, LIMIT - 1)
    clock.move(minutes=15)

    assert "Tries left: 4" in fail(ada, 1).content.decode()


def test_a_limit_refuses_with_the_end_of_its_pause(ada: Person, clock: Clock) -> None:
    claim = buckets.password("ada")
    for _ in range(LIMIT):
        reserve(claim, now=clock.now)

    with pytest.raises(LimitReached) as refused:
        reserve(claim, now=clock.now + timedelta(minutes=3))

    assert refused.value.until == clock.now + timedelta(minutes=15)


def test_what_is_refused_by_one_limit_costs_nothing_in_another(ada: Person, clock: Clock) -> None:
    source = buckets.network("192.0.2.9")
    for _ in range(LIMIT):
        reserve(buckets.password("ada"), now=clock.now)

    with pytest.raises(LimitReached):
        reserve(buckets.password("ada"), source, now=clock.now)

    assert Throttle.objects.get(key=source.key).used == 0
