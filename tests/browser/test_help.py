"""The help centre as people meet it."""

import pytest

from tests.browser.fixtures import assert_accessible, assert_fits

PAGES = [
    "/help/",
    "/help/problems/",
    "/help/problem/account-paused/",
    "/help/recovery/assisted/",
    "/help/faq/",
    "/help/contact/",
    "/help/search/?q=otp",
    "/help/search/?q=xyzzy",
]


@pytest.mark.promise("HELP-5")
@pytest.mark.parametrize("address", PAGES)
def test_help_has_no_barrier_in_any_look(narrow_page, address):
    narrow_page.goto(address)

    assert_accessible(narrow_page)


@pytest.mark.promise("HELP-3", "HELP-5")
def test_the_right_row_is_two_steps_away_without_script(page_without_script):
    page = page_without_script
    page.goto("/help/")

    page.locator("main input[type=search]").fill("blocked")
    page.keyboard.press("Enter")
    page.locator("main a[href='/help/problem/account-paused/']").click()

    assert page.url.endswith("/help/problem/account-paused/")
    assert_fits(page)
