"""Signing in as a person sees it: to the dashboard, into a pause, from an error to its help page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.enums import Realm
from accounts.models import PlatformSession
from portal.lib import clock
from tests import factories
from tests.browser.fixtures import LOOKS, Look, assert_accessible, assert_fits
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def type_password(page: Page, username: str, password: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Continue").click()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Code from your Key").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: Page, person: Person) -> None:
    page.goto("/login/")
    type_password(page, person.user.username, person.password)
    type_code(page, person.code())


@SCRIPT
@pytest.mark.promise("SIGN-3", "SIGN-4")
def test_password_and_code_lead_to_the_dashboard_and_out_again(
    open_browser: Callable[..., Page], ada: Person, javascript: bool
):
    page = open_browser(javascript=javascript)
    page.goto("/security/")
    expect(page).to_have_url(page.url.split("/login/")[0] + "/login/?next=%2Fsecurity%2F")
    expect(page.locator(".assure")).to_contain_text(settings.PORTAL_HOST)

    type_password(page, "ada", ada.password)
    expect(page.locator("[name=otp_token]")).to_be_visible()
    type_code(page, ada.code())

    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@SCRIPT
@pytest.mark.promise("LOCK-1", "LOCK-2", "SIGN-8")
def test_five_wrong_passwords_lead_to_the_pause_which_says_until_when_and_the_ways_on(
    open_browser: Callable[..., Page], ada: Person, javascript: bool
):
    page = open_browser(Look(320), javascript=javascript)
    page.goto("/login/")
    for left in (4, 3, 2):
        type_password(page, "ada", "wrong")
        expect(page.get_by_role("alert")).to_contain_text(f"Tries left: {left}")
    type_password(page, "ada", "wrong")
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "P2")
    type_password(page, "ada", "wrong")

    main = page.locator("main")
    expect(main.locator("[data-cause=L1]")).to_be_visible()
    expect(main).to_contain_text("(New York time)")
    expect(main).to_contain_text(settings.PORTAL_SUPPORT_PHONE)
    expect(main.locator("a[href='/recover/']")).to_be_visible()
    assert_fits(page)
    if javascript:
        expect(page.locator("[data-countdown-clock]")).to_have_text(re.compile("^1[45]:"))
        assert_accessible(page)
    main.locator("a[href*='/help/problem/']").first.click()
    assert page.url.endswith("/help/problem/account-paused/")


@SCRIPT
@pytest.mark.promise("SIGN-8", "HELP-4")
def test_an_error_opens_its_own_help_page_and_keeps_what_may_be_kept(
    open_browser: Callable[..., Page], ada: Person, javascript: bool
):
    page = open_browser(javascript=javascript)
    page.goto("/login/")
    type_password(page, "ada", "wrong")
    expect(page.get_by_label("Username")).to_have_value("ada")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    page.get_by_role("alert").locator("a[href*='/help/']").click()
    assert page.url.endswith("/help/problem/wrong-username-or-password/")

    page.goto("/login/")
    type_password(page, "ada", ada.password)
    type_code(page, "000000")
    page.get_by_role("alert").locator("a[href*='/help/']").click()
    assert page.url.endswith("/help/problem/key-code-not-accepted/")


@pytest.mark.promise("HELP-3")
@pytest.mark.parametrize(("typed", "row"), [("OTP", "key-code-not-accepted"), ("blocked", "account-paused")])
def test_from_the_sign_in_page_the_search_finds_what_people_type(page: Page, typed: str, row: str):
    page.goto("/login/")
    page.get_by_role("link", name="Help", exact=True).click()
    page.get_by_role("searchbox", name="Search the help pages").fill(typed)
    page.keyboard.press("Enter")

    page.locator(f'main a[href="/help/problem/{row}/"]').first.click()
    assert page.url.endswith(f"/help/problem/{row}/")


@SCRIPT
@pytest.mark.promise("SIGN-6")
def test_each_door_opens_to_its_own_kind_and_points_to_the_other(open_browser: Callable[..., Page], javascript: bool):
    bob = factories.customer("bob", realm=Realm.PAPER)
    page = open_browser(javascript=javascript)
    page.goto("/login/")
    type_password(page, "bob", bob.password)
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "W1")

    page.get_by_role("link", name="Paper trading", exact=True).click()
    expect(page.get_by_role("link", name="Paper trading", exact=True)).to_have_attribute("aria-current", "page")
    type_password(page, "bob", bob.password)
    type_code(page, bob.code())

    expect(page.locator(".paper-band")).to_be_visible()


def test_a_password_can_be_shown_while_signing_in(page: Page, ada: Person):
    page.goto("/login/")
    field = page.get_by_label("Password", exact=True)
    field.fill(ada.password)

    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")


@pytest.mark.promise("SIGN-3", "HELP-5")
def test_signing_in_takes_nothing_but_the_keyboard(page: Page, ada: Person):
    page.goto("/login/")
    page.get_by_label("Username").focus()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(ada.password)
    page.keyboard.press("Enter")
    page.get_by_label("Code from your Key").focus()
    page.keyboard.type(ada.code())
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@pytest.mark.promise("SESS-1")
def test_the_inactivity_dialog_comes_and_one_click_stays(page: Page, ada: Person):
    sign_in(page, ada)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    idle = timedelta(minutes=settings.PORTAL_IDLE_MINUTES, seconds=-90)
    PlatformSession.objects.update(active_at=clock.now() - idle)
    page.wait_for_load_state()  # the heading is there before the script listens
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    page.get_by_role("button", name="Stay signed in").click()

    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@pytest.mark.promise("KEY-9")
@pytest.mark.parametrize("look", [Look(320), Look(1280)], ids=str)
def test_an_adviser_finds_each_of_forty_two_accounts(open_browser: Callable[..., Page], adviser: Person, look: Look):
    page = open_browser(look)
    sign_in(page, adviser)

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Grace")
    assert_accessible(page)
    for number in (0, 20, 41):
        page.get_by_label("Search 43 accounts").fill(f"A{number:07}")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.promise("HELP-5")
def test_no_page_on_the_way_in_is_a_barrier_in_any_look(page: Page, ada: Person):
    page.goto("/login/?realm=paper")
    assert_accessible(page)
    page.goto("/login/")
    type_password(page, "ada", "wrong")
    assert_accessible(page)
    type_password(page, "ada", ada.password)
    assert_accessible(page)
    type_code(page, "000000")
    assert_accessible(page)
    type_code(page, ada.code())
    for path in ("/", "/security/", "/nothing/", "/login/?ended=yes"):
        page.goto(path)
        assert_accessible(page)


def test_no_page_of_the_desk_is_a_barrier_in_any_look(page: Page, reviewer: Person):
    sign_in(page, reviewer)
    for path in ("/admin/", "/admin/customer/", "/admin/throttle/throttle/"):
        page.goto(path)
        for look in LOOKS:
            page.set_viewport_size({"width": look.width, "height": 800})
            page.emulate_media(color_scheme=look.scheme)
            assert_fits(page)
