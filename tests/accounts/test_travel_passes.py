"""Travel passes: half an hour outside of the networks, by password and Key (NET-1)."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import PlatformSession, TravelPass, User
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.accounts import passkey_work
from tests.accounts.network_work import AWAY, HOME, at, limit
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, levels

pytestmark = pytest.mark.django_db
BLOCKED = "/login/blocked-network/"


def refused(person: Person, clock: Clock, address: str = AWAY) -> Client:
    """Return a browser whose sign-in was refused for its network, half a minute ago."""
    browser = at(address)
    assert factories.sign_in(browser, person)["Location"] == BLOCKED
    clock.move(seconds=30)
    return browser


def travelling(person: Person, clock: Clock) -> Client:
    """Return a browser that is signed in by a pass."""
    limit(person)
    browser = refused(person, clock)
    assert browser.post(BLOCKED, {"code": person.code()})["Location"] == "/"
    return browser


def is_open(browser: Client) -> bool:
    return browser.get("/").status_code == 200


@pytest.mark.promise("NET-1")
def test_a_pass_lets_this_browser_in_for_half_an_hour(ada: Person, clock: Clock) -> None:
    browser = travelling(ada, clock)
    assert is_open(browser)

    for _ in range(2):
        clock.move(minutes=14)
        assert is_open(browser)
    clock.move(minutes=2)

    assert not is_open(browser)
    assert SecurityEvent.objects.filter(action="pass_opened", actor=ada.user).count() == 1
    facts = Notice.objects.get(kind="travel_pass", channel="email").facts
    assert (facts["network"], facts["until"]) == (AWAY, "2026-03-02T12:30:30+00:00")


def test_the_browser_may_sign_in_again_while_the_pass_is_open(ada: Person, clock: Clock) -> None:
    browser = travelling(ada, clock)
    browser.post("/logout/")
    clock.move(minutes=1)

    assert factories.sign_in(browser, ada)["Location"] == "/"


@pytest.mark.promise("NET-1")
@pytest.mark.parametrize("other", ["browser", "address"])
def test_a_pass_is_for_one_browser_at_one_address(ada: Person, clock: Clock, other: str) -> None:
    browser = travelling(ada, clock)
    clock.move(minutes=1)
    if other == "browser":
        assert factories.sign_in(at(AWAY), ada)["Location"] == BLOCKED
    else:
        browser.defaults["REMOTE_ADDR"] = "192.0.2.100"
        assert not is_open(browser)


def test_a_wrong_code_opens_nothing_and_has_tries_of_its_own(ada: Person, clock: Clock) -> None:
    limit(ada)
    browser = refused(ada, clock)

    answers = [browser.post(BLOCKED, {"code": "000000"}) for _ in range(settings.PORTAL_FAILURE_LIMIT + 1)]

    assert [cause_of(answer) for answer in answers] == ["K1"] * 3 + ["K8", "T1", "T1"]
    assert answers[-1].status_code == 429
    assert not TravelPass.objects.exists()
    assert factories.sign_in(at(HOME), ada)["Location"] == "/"


def test_the_code_of_the_sign_in_does_not_open_a_pass(ada: Person, clock: Clock) -> None:
    limit(ada)
    browser, code = at(AWAY), ada.code()
    assert factories.sign_in(browser, ada, code=code)["Location"] == BLOCKED

    assert cause_of(browser.post(BLOCKED, {"code": code})) == "K3"


def test_a_refused_sign_in_opens_one_pass(ada: Person, clock: Clock) -> None:
    limit(ada)
    browser, thief = refused(ada, clock), at("192.0.2.50")
    thief.cookies["refused-network"] = browser.cookies["refused-network"].value
    assert browser.post(BLOCKED, {"code": ada.code()})["Location"] == "/"
    clock.move(seconds=30)

    answer = thief.post(BLOCKED, {"code": ada.code()})

    assert answer["Location"] == "/login/?because=S3"
    assert PlatformSession.objects.count() == 1


@pytest.mark.promise("NET-1")
@pytest.mark.parametrize("off", ["customer", "setting"])
def test_a_pass_can_be_switched_off(ada: Person, clock: Clock, settings: object, off: str) -> None:
    browser = travelling(ada, clock)
    if off == "customer":
        assert levels(at(HOME, ada).post("/security/networks/passes/off/", follow=True)) == ["success"]
    else:
        settings.PORTAL_TRAVEL_PASS_MINUTES = 0
    assert not is_open(browser)
    clock.move(minutes=1)

    browser = refused(ada, clock)
    assert 'name="code"' not in browser.get(BLOCKED).content.decode()
    assert browser.post(BLOCKED, {"code": ada.code()}).status_code == 403

    assert not is_open(browser)


def test_the_page_of_networks_ends_a_pass(ada: Person, clock: Clock) -> None:
    browser, home = travelling(ada, clock), at(HOME, ada)
    home.post("/security/networks/pass/end/")

    assert not is_open(browser)
    assert SecurityEvent.objects.filter(action="pass_ended").count() == 1


def test_tightening_ends_a_pass_and_a_pass_cannot_save_a_list(ada: Person, clock: Clock) -> None:
    from tests.accounts.network_work import save

    browser = travelling(ada, clock)
    assert cause_of(save(browser, HOME)) == "I5"
    assert cause_of(save(browser, AWAY)) == "I6"
    limit(ada, HOME)  # the same list changes nothing
    assert is_open(browser)

    User.objects.filter(pk=ada.user.pk).update(networks_limited_at=None)
    limit(ada, HOME)
    assert not is_open(browser)


def test_four_passes_a_day(ada: Person, clock: Clock) -> None:
    limit(ada)
    for number in range(5):
        browser = refused(ada, clock)
        answer = browser.post(BLOCKED, {"code": ada.code()})
        assert (answer.get("Location") == "/") is (number < 4)
        clock.move(minutes=31)

    assert cause_of(answer) == "T1"


def test_a_pass_needs_a_known_address(ada: Person, clock: Clock, settings: object) -> None:
    limit(ada)
    browser = refused(ada, clock)
    settings.PORTAL_TRUSTED_PROXIES = 1

    answer = browser.post(BLOCKED, {"code": ada.code()})

    assert (answer.status_code, TravelPass.objects.count()) == (403, 0)


@pytest.mark.promise("NET-1")
def test_a_passkey_does_not_lead_around_the_networks(ada: Person, clock: Clock) -> None:
    device, _passkey = passkey_work.passkey_of(ada, clock)
    limit(ada)
    clock.move(seconds=1)
    browser = at(AWAY)

    answer = passkey_work.sign_in(browser, device)

    assert answer.json() == {"next": BLOCKED}
    assert cause_of(browser.get(BLOCKED)) == "I1"
    clock.move(seconds=30)
    assert browser.post(BLOCKED, {"code": ada.code()})["Location"] == "/"
    assert is_open(browser)
