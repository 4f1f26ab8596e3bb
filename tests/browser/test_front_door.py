"""Real browsers at the front door: two tabs, Back, reload, a slow line, a tidy sign-out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import PlatformSession, PushChallenge
from portal.audit.models import SecurityEvent
from portal.throttle.models import Throttle
from tests import factories
from tests.browser.fixtures import Look, assert_fits
from tests.browser.key_app import KeyApp
from tests.browser.test_sign_in import SCRIPT, sign_in, type_code, type_password
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = re.compile(r"/login/confirm/\?sign_in=[\w-]{11}$")


@pytest.fixture
def pixel(ada: Person) -> Phone:
    """Ada's phone, by the clock on the wall."""
    return paired(ada)


def at_the_code(page: Page, person: Person) -> None:
    page.goto("/login/")
    type_password(page, person.user.username, person.password)
    expect(page).to_have_url(CONFIRM)


@SCRIPT
def test_back_from_the_pages_own_help_link_and_reload_show_the_code_page_again(
    open_browser: Callable[..., Page], ada: Person, pixel: Phone, javascript: bool
):
    page = open_browser(javascript=javascript)
    at_the_code(page, ada)
    type_code(page, "000000")
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "K1")
    page.get_by_role("alert").get_by_role("link", name="Help with a rejected code").click()
    expect(page).to_have_url(re.compile("/help/problem/key-code-not-accepted/$"))

    page.go_back()
    expect(page).to_have_url(CONFIRM)
    page.reload()
    expect(page.locator("[name=otp_token]")).to_be_visible()

    assert PushChallenge.objects.count() == 1
    assert sum(Throttle.objects.filter(limit="code").values_list("used", flat=True)) == 1
    type_code(page, ada.code())
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Confirm with your Key")


def test_a_wrong_password_leaves_a_page_that_reload_does_not_send_again(page: Page, ada: Person):
    page.goto("/login/")
    type_password(page, "ada", "wrong")
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "P1")

    page.reload()

    expect(page.get_by_label("Username")).to_be_visible()
    assert sum(Throttle.objects.filter(limit="password").values_list("used", flat=True)) == 1


def test_two_tabs_sign_two_people_in_and_each_code_counts_for_its_own(page: Page, ada: Person, mallory: Person):
    at_the_code(page, ada)
    other = page.context.new_page()
    at_the_code(other, mallory)
    other.goto("/")  # the logo leads here: it ends nothing
    other.go_back()

    expect(page.locator("[data-username]")).to_have_text("ada")
    expect(other.locator("[data-username]")).to_have_text("mallory")
    type_code(other, ada.code())
    expect(other.get_by_role("alert")).to_have_attribute("data-cause", "K1")
    type_code(page, ada.code())

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    subjects = Throttle.objects.filter(limit="code", used__gt=0).values_list("subject", flat=True)
    assert list(subjects) == [mallory.user.username_hash]


def test_a_page_from_before_somebody_signed_in_leads_to_the_start_page(page: Page, ada: Person, mallory: Person):
    page.goto("/login/")
    other = page.context.new_page()
    sign_in(other, ada)
    expect(other.get_by_role("heading", level=1)).to_have_text("Hello Ada")

    type_password(page, "mallory", mallory.password)

    expect(page.locator("[data-cause=C3]")).to_be_visible()
    page.get_by_role("link", name="Go to the home page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@SCRIPT
def test_a_second_press_on_a_slow_line_gets_in_with_one_session(
    open_browser: Callable[..., Page], ada: Person, javascript: bool
):
    page = open_browser(javascript=javascript)
    at_the_code(page, ada)
    slow(page.context, page)
    page.get_by_label("Code from your Key").fill(ada.code())
    box = page.get_by_role("button", name="Sign in", exact=True).bounding_box()
    presses = []
    page.on("request", lambda request: presses.append(request) if request.method == "POST" else None)

    for _ in range(2):
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        page.wait_for_timeout(200)  # the first answer is on its way and has not arrived

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    assert len(presses) == 2
    assert PlatformSession.objects.count() == 1
    assert SecurityEvent.objects.filter(action="signed_in").count() == 1


def slow(context: BrowserContext, page: Page) -> None:
    """Give the page a line of half a second each way, by the browser's own throttling."""
    line = {"offline": False, "latency": 500, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


@pytest.mark.promise("SESS-1")
def test_signing_out_in_one_tab_takes_the_others_along_and_back_shows_nothing(page: Page, ada: Person):
    sign_in(page, ada)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    other = page.context.new_page()
    other.goto("/security/")

    page.get_by_role("button", name="Sign out").click()

    expect(other).to_have_url(re.compile(r"/login/\?next=%2Fsecurity%2F&ended=yes$"), timeout=2000)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    other.go_back()
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.promise("KEY-1", "KEY-7")
def test_signing_out_keeps_the_key_of_the_same_browser(page: Page, ada: Person):
    app = KeyApp(page.context.new_page()).pair(ada)
    sign_in(page, ada)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")

    app.page.reload()
    app.unlock()

    expect(app.card("ada")).to_be_visible()
    assert len(app.code_of("ada")) == 6


def test_the_page_of_the_key_is_short_on_a_small_phone(open_browser: Callable[..., Page], ada: Person, pixel: Phone):
    page = open_browser(Look(320))
    at_the_code(page, ada)

    assert page.evaluate("scrollY") == 0, "focus in the field of the code scrolls the number away"
    expect(page.locator(".match-number")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight") < 1500
    assert_fits(page)


def test_no_cookies_and_an_address_for_forms_say_what_to_do(page: Page, ada: Person):
    page.goto("/login/")
    page.context.clear_cookies()
    type_password(page, "ada", ada.password)
    expect(page.locator("[data-cause=C2]")).to_be_visible()

    page.goto("/logout/")
    expect(page.locator("[data-cause=X7]")).to_be_visible()
    assert factories.signed_in(ada).get("/logout/").status_code == 405
