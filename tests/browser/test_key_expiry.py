"""Requests that expire while the phone shows them: every screen says so at once, without asking the server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import PushChallenge
from tests.browser.fixtures import Look, assert_accessible
from tests.browser.key_app import KeyApp
from tests.browser.test_key_requests import asked
from tests.browser.test_sign_in import type_password
from tests.factories import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("KEY-11")]


@pytest.fixture
def app(open_browser: Callable[..., Page], ada: Person) -> KeyApp:
    """Ada's phone, set up and open, whose time a test can move."""
    made = KeyApp(open_browser(Look(400))).pair(ada)
    made.page.clock.install()
    return made


def let_it_expire(app: KeyApp) -> None:
    """Take the phone's line and let two minutes pass."""
    app.page.context.set_offline(True)
    app.page.clock.fast_forward(121_000)


def test_an_open_request_closes_when_its_time_is_up(page: Page, app: KeyApp, ada: Person):
    asked(page, app, ada)
    app.screen("request")
    with app.page.expect_request("**/requests/"):
        app.page.route("**/requests/", lambda route: None)  # a line that hangs: no answer, and no next question

    app.page.clock.fast_forward(121_000)

    expect(app.page.locator("body")).to_have_attribute("data-screen", "requestOver", timeout=5000)
    expect(app.page.locator("main")).to_contain_text(app.word("expired"))
    app.page.locator("main [data-do=codes]").click()
    app.screen("codes")
    expect(app.page.locator("[data-is=strip-expired]")).to_have_count(0)


def test_a_request_that_expires_while_the_pin_is_asked_is_not_sent(page: Page, app: KeyApp, ada: Person):
    number = asked(page, app, ada)
    app.page.locator("[data-number]").fill(number)
    app.page.get_by_role("button", name="Approve").click()
    expect(app.page.get_by_role("dialog")).to_be_visible()

    let_it_expire(app)

    app.screen("requestOver")
    expect(app.page.get_by_role("dialog")).to_have_count(0)
    expect(app.page.locator("main")).to_contain_text(app.word("expired"))
    assert PushChallenge.objects.get().state == "waiting"


def test_the_line_above_the_codes_says_so_until_it_is_closed(page: Page, app: KeyApp, ada: Person):
    page.goto("/login/")
    type_password(page, "ada", ada.password)
    expect(app.page.locator("[data-is=strip-waiting]")).to_be_visible()

    let_it_expire(app)

    expect(app.page.locator("[data-is=strip-expired]")).to_be_visible()
    expect(app.page.locator("[data-is=strip-waiting]")).to_have_count(0)
    assert_accessible(app.page)
    app.page.locator("[data-is=strip-expired] [data-do=close]").click()
    expect(app.page.locator("[data-is=strip-expired]")).to_have_count(0)


def test_each_line_of_the_list_says_so_and_opens_nothing(
    open_browser: Callable[..., Page], page: Page, app: KeyApp, ada: Person
):
    for browser in (page, open_browser()):
        browser.goto("/login/")
        type_password(browser, "ada", ada.password)
        expect(browser.locator(".match-number")).to_be_visible()
    app.page.locator("[data-do=look]").click()
    unusual = app.page.locator(".strip-warn", has_text="several requests")
    expect(unusual.first).to_be_visible()
    if app.page.locator("[data-do=list]").is_visible():
        app.page.locator("[data-do=list]").click()
    expect(app.page.locator("button.row")).to_have_count(2)

    let_it_expire(app)

    rows = app.page.locator("button.row:disabled")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=app.word("row-expired"))).to_have_count(2)
    assert_accessible(app.page)


def test_a_request_that_was_withdrawn_is_not_said_to_have_expired(page: Page, app: KeyApp, ada: Person):
    asked(page, app, ada)
    app.screen("request")

    PushChallenge.objects.update(state="withdrawn")

    app.screen("requestOver")
    expect(app.page.locator("main")).to_contain_text(app.word("over"))


def test_a_clock_a_day_ahead_lets_no_request_expire_early(page: Page, app: KeyApp, ada: Person):
    app.page.clock.fast_forward(24 * 3600 * 1000)
    app.tab("Codes")  # an app left alone for a day asks seldom
    expect(app.page.locator("[data-is=strip-clock]")).to_be_visible()

    asked(page, app, ada)

    app.screen("request")
    expect(app.page.locator("[data-slot=left]")).to_contain_text("1:")
