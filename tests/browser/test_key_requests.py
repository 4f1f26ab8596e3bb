"""Approving and refusing on the phone what was asked in another browser, as its two owners see it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from accounts.models import PushChallenge, Report
from tests.browser.fixtures import Look
from tests.browser.key_app import PIN, Finger, KeyApp
from tests.browser.test_sign_in import type_password
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(open_browser: Callable[..., Page], ada: Person) -> Iterator[KeyApp]:
    """Ada's phone, set up and open."""
    return KeyApp(open_browser(Look(400))).pair(ada)


def asked(page: Page, app: KeyApp, person: Person) -> str:
    """Sign in on the other screen up to the Key, look at the request on the phone, and return the number to type."""
    page.goto("/login/")
    type_password(page, person.user.username, person.password)
    number = page.locator(".match-number").inner_text()
    if app.page.locator("body").get_attribute("data-screen") == "codes":
        app.page.locator("[data-do=look]").click()
    return re.sub(r"\D", "", number)[:2]


def approve(app: KeyApp, number: str) -> None:
    app.page.locator("[data-number]").fill(number)
    app.page.get_by_role("button", name="Approve").click()
    app.page.get_by_role("dialog").get_by_label("PIN").fill(PIN)


@pytest.mark.promise("KEY-2", "KEY-3", "SIGN-3")
def test_the_number_typed_into_the_phone_opens_the_other_screen_by_itself(page: Page, app: KeyApp, ada: Person):
    number = asked(page, app, ada)
    app.screen("request")
    for words in ("Ada Byron", "Live", "Sign in", "New device", "Place unknown", "127.0.0.1"):
        expect(app.page.locator(".about")).to_contain_text(words)

    approve(app, number)

    app.screen("approved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


def home(address: str) -> str:
    return "near <b>New York</b>" if address == "127.0.0.1" else ""


@pytest.mark.promise("KEY-2")
def test_the_place_of_the_sign_in_stands_beside_its_address(page: Page, app: KeyApp, ada: Person, settings: object):
    settings.PORTAL_GEOLOCATION = f"{__name__}.home"

    asked(page, app, ada)

    expect(app.page.locator(".about")).to_contain_text("near <b>New York</b> 127.0.0.1")


@pytest.mark.promise("KEY-2")
def test_a_wrong_number_opens_nothing_and_the_third_ends_the_request(page: Page, app: KeyApp, ada: Person):
    number = asked(page, app, ada)
    wrong = f"{(int(number) + 1) % 100:02}"

    for left in (2, 1):
        approve(app, wrong)
        expect(app.page.locator("[data-error]").first).to_contain_text(f"Tries left: {left}")
    approve(app, wrong)

    app.screen("requestOver")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Hello Ada")


@pytest.mark.promise("KEY-12")
def test_no_it_is_not_me_stops_the_other_screen_and_says_what_to_do(page: Page, app: KeyApp, ada: Person):
    asked(page, app, ada)
    app.page.locator("[data-do=deny]").click()

    app.screen("denied")
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "N2")
    assert Report.objects.count() == 1


def test_a_sign_in_can_be_cancelled_without_an_alarm(page: Page, app: KeyApp, ada: Person):
    asked(page, app, ada)
    app.page.locator("[data-do=cancel]").click()

    app.screen("cancelled")
    assert PushChallenge.objects.get().reason == "cancelled"
    assert not Report.objects.exists()


@pytest.mark.promise("KEY-2", "KEY-9")
def test_two_requests_at_once_are_named_as_unusual_and_each_opens_its_own_sign_in(
    open_browser: Callable[..., Page], page: Page, app: KeyApp, ada: Person
):
    other = open_browser()
    asked(other, app, ada)
    number = asked(page, app, ada)
    expect(app.page.locator("[data-if=several]").first).to_be_visible()
    app.page.get_by_role("button", name="All requests").click()
    app.page.locator("button.row").first.click()

    approve(app, number)

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    expect(other.locator("[data-approval]")).to_be_visible()


@pytest.mark.promise("KEY-11")
def test_opening_the_key_shows_what_waits(page: Page, app: KeyApp, ada: Person):
    app.page.get_by_role("button", name="Lock").click()
    page.goto("/login/")
    type_password(page, "ada", ada.password)
    expect(page.locator(".match-number")).to_be_visible()

    app.unlock()

    app.screen("request")


def count_taps(page: Page) -> None:
    page.evaluate("window.taps = 0; addEventListener('click', (event) => (window.taps += event.isTrusted), true);")


def tap(page: Page, digits: str) -> None:
    for digit in digits:
        page.locator(f"[data-digit='{digit}']:visible").last.click()


def locked_with_a_request(page: Page, app: KeyApp, person: Person) -> str:
    """Lock the phone, sign in on the other screen, and return the number to type."""
    app.page.get_by_role("button", name="Lock").click()
    return asked(page, app, person)


@pytest.mark.promise("KEY-2", "KEY-3")
def test_from_a_locked_key_an_approval_takes_nine_taps(page: Page, app: KeyApp, ada: Person):
    number = locked_with_a_request(page, app, ada)
    count_taps(app.page)

    tap(app.page, PIN)
    app.screen("request")
    tap(app.page, number)
    app.page.get_by_role("button", name="Approve").click()

    app.screen("approved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    assert app.page.evaluate("window.taps") == 9


@pytest.mark.promise("KEY-3")
def test_the_unlock_stands_for_one_approval_and_the_next_asks_again(page: Page, app: KeyApp, ada: Person):
    number = locked_with_a_request(page, app, ada)
    app.unlock()
    app.screen("request")
    app.page.locator("[data-number]").fill(f"{(int(number) + 1) % 100:02}")
    app.page.get_by_role("button", name="Approve").click()
    expect(app.page.locator("[data-error]").first).to_contain_text("Tries left: 2")

    approve(app, number)

    app.screen("approved")


@pytest.mark.promise("KEY-3")
@pytest.mark.parametrize(("seconds", "asks"), [(55, 0), (61, 1)])
def test_the_unlock_stands_for_an_approval_within_a_minute(
    page: Page, app: KeyApp, ada: Person, seconds: int, asks: int
):
    number = locked_with_a_request(page, app, ada)
    app.page.clock.install()
    app.unlock()
    app.screen("request")
    app.page.clock.fast_forward(seconds * 1000)
    app.page.locator("[data-number]").fill(number)

    app.page.get_by_role("button", name="Approve").click()

    expect(app.page.locator("dialog" if asks else "[data-is=approved]")).to_be_visible()


@pytest.mark.promise("KEY-3")
def test_the_unlock_stands_for_nothing_but_an_approval(app: KeyApp):
    app.page.get_by_role("button", name="Lock").click()
    app.unlock()
    app.tab("Accounts")
    app.page.get_by_role("button", name="Turn off for ada", exact=True).click()

    app.page.get_by_role("button", name="Turn off", exact=True).click()

    expect(app.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.promise("KEY-10")
def test_an_outdated_app_shows_codes_but_approves_nothing(page: Page, app: KeyApp, ada: Person, settings):
    settings.PORTAL_KEY_MIN_VERSION = "2.0"
    asked(page, app, ada)

    expect(app.page.locator("[data-is=strip-old]")).to_be_visible()
    expect(app.page.get_by_role("button", name="Approve")).to_be_disabled()
    app.tab("Codes")
    assert len(app.code_of("ada")) == 6


@pytest.mark.promise("KEY-3")
@pytest.mark.parametrize("is_right", [True, False], ids=["the owner's", "another"])
def test_each_approval_asks_for_the_finger_and_another_one_approves_nothing(
    open_browser: Callable[..., Page], page: Page, ada: Person, is_right: bool
):
    phone = open_browser(Look(400))
    finger = Finger(phone)
    app = KeyApp(phone).pair(ada, lock="check")
    number = asked(page, app, ada)
    phone.locator("[data-number]").fill(number)
    finger.is_right(is_right)

    phone.get_by_role("button", name="Approve").click()

    if is_right:
        app.screen("approved")
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    else:
        expect(phone.locator("[data-error]").first).to_have_text(app.word("check-failed"))
        assert PushChallenge.objects.get().state == "waiting"
