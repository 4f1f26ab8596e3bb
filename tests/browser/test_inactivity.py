"""The warning before a sign-in ends (SESS-1, WCAG 2.2.1): seen, heard, answered in one act, in all tabs."""

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import PlatformSession
from portal.lib import clock
from tests import factories
from tests.browser.fixtures import assert_accessible

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("SESS-1")]


@pytest.fixture
def ada_at_home(page: Page, ada: factories.Person, live_server: object) -> Page:
    cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto("/")
    return page


def leave_idle(seconds_left: int) -> None:
    """Make the sign-in as old as if nothing had happened until so long before its end."""
    idle = timedelta(minutes=settings.PORTAL_IDLE_MINUTES, seconds=-seconds_left)
    PlatformSession.objects.update(active_at=clock.now() - idle)


def come_back(page: Page) -> None:
    """Look at the tab again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_warning_holds_the_focus_and_says_what_is_left(ada_at_home):
    leave_idle(seconds_left=119)
    come_back(ada_at_home)

    expect(ada_at_home.get_by_role("dialog")).to_be_visible()
    expect(ada_at_home.get_by_role("button", name="Stay signed in")).to_be_focused()
    expect(ada_at_home.get_by_role("dialog").get_by_role("status")).to_have_text("2 minutes left")
    assert_accessible(ada_at_home)


def test_there_is_no_warning_while_there_is_time(ada_at_home):
    leave_idle(seconds_left=200)

    with ada_at_home.expect_response("**/idle/remaining/"):
        come_back(ada_at_home)

    expect(ada_at_home.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("act", ["click", "Escape", "Enter"])
def test_one_act_keeps_the_sign_in(ada_at_home, act):
    ada_at_home.locator("main a").first.focus()
    leave_idle(seconds_left=100)
    come_back(ada_at_home)
    expect(ada_at_home.get_by_role("dialog")).to_be_visible()

    if act == "click":
        ada_at_home.get_by_role("button", name="Stay signed in").click()
    else:
        ada_at_home.keyboard.press(act)

    expect(ada_at_home.get_by_role("dialog")).to_be_hidden()
    expect(ada_at_home.locator("main a").first).to_be_focused()
    assert clock.now() - PlatformSession.objects.get().active_at < timedelta(seconds=30)


def test_the_warning_opens_and_closes_in_all_tabs(ada_at_home):
    other = ada_at_home.context.new_page()
    other.goto("/security/")
    leave_idle(seconds_left=100)

    come_back(ada_at_home)
    expect(other.get_by_role("dialog")).to_be_visible()

    other.get_by_role("button", name="Stay signed in").click()
    expect(ada_at_home.get_by_role("dialog")).to_be_hidden()


def test_asking_what_is_left_is_not_activity(ada_at_home):
    leave_idle(seconds_left=300)
    before = PlatformSession.objects.get().active_at

    with ada_at_home.expect_response("**/idle/remaining/"):
        come_back(ada_at_home)

    assert PlatformSession.objects.get().active_at == before


def test_at_the_end_the_page_goes_to_the_sign_in_and_says_why(ada_at_home):
    leave_idle(seconds_left=2)
    come_back(ada_at_home)
    expect(ada_at_home.get_by_role("dialog")).to_be_visible()

    ada_at_home.wait_for_url("**/login/?next=%2F&ended=yes")

    expect(ada_at_home.locator("[data-cause=S1]")).to_be_visible()
