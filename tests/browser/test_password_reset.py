"""Setting a forgotten password in a browser: narrow, without script, with Back, reload and a second tab."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from recovery.actions.resets import worker_tasks
from tests.browser.fixtures import assert_accessible
from tests.factories import Person
from tests.phones import paired
from tests.recovery.conftest import NEW_PASSWORD, QUESTIONS, ada_with_records

pytestmark = pytest.mark.django_db(transaction=True)
CONTINUE = "main form.card button.button:not(.button-secondary)"


@pytest.fixture
def ada(live_server: object) -> Person:
    return ada_with_records()


def mailed_code() -> str:
    worker_tasks.send_codes(portal_clock.now())
    return str(Notice.objects.filter(kind="reset_code").latest("pk").facts["code"])


def to_key(page: Page, check: Callable[[Page], None] = assert_accessible) -> None:
    """Go from the sign-in page to the page of the Key; ``check`` each page on the way."""
    page.goto("/login/")
    page.get_by_role("link", name=re.compile("Forgot")).click()
    page.locator("#id_username").fill("ada")
    page.locator(CONTINUE).click()
    expect(page).to_have_url(re.compile("/reset/code/"))
    check(page)
    page.locator("#id_code").fill(mailed_code())
    page.locator(CONTINUE).click()
    expect(page).to_have_url(re.compile("/reset/details/"))
    check(page)
    for name, answer in QUESTIONS.items():
        page.locator(f"#id_{name}").fill(answer)
    page.locator(CONTINUE).click()
    expect(page).to_have_url(re.compile("/reset/key/"))


def choose(page: Page) -> None:
    expect(page).to_have_url(re.compile("/reset/password/"))
    assert_accessible(page)
    page.locator("#id_new_password").fill(NEW_PASSWORD)
    page.locator(CONTINUE).click()
    expect(page).to_have_url(re.compile("/reset/done/"))
    assert_accessible(page)


@pytest.mark.promise("RESET-4")
def test_the_page_moves_on_by_itself_once_the_phone_has_approved(ada: Person, narrow_page: Page) -> None:
    pixel = paired(ada)
    to_key(narrow_page)
    assert_accessible(narrow_page)
    number = narrow_page.locator(".match-number [aria-hidden]").inner_text()

    pixel.approve(pixel.requests()["requests"][0], number)

    choose(narrow_page)


def test_back_reload_and_a_second_tab_lead_to_where_the_reset_is(ada: Person, narrow_page: Page) -> None:
    to_key(narrow_page)
    narrow_page.reload()
    expect(narrow_page).to_have_url(re.compile("/reset/key/"))
    narrow_page.go_back()
    expect(narrow_page).to_have_url(re.compile("/reset/key/"))
    second = narrow_page.context.new_page()
    second.goto("/reset/password/")
    expect(second).to_have_url(re.compile("/reset/key/"))

    second.locator("#id_otp_token").fill(ada.code())
    second.locator(CONTINUE).click()

    choose(second)
    narrow_page.reload()
    expect(narrow_page).to_have_url(re.compile("/reset/done/"))


def test_it_works_without_script(ada: Person, open_browser) -> None:
    page = open_browser(javascript=False)
    to_key(page, check=lambda _: None)  # axe is a script
    page.locator("#id_otp_token").fill(ada.code())
    page.locator(CONTINUE).click()

    page.locator("#id_new_password").fill(NEW_PASSWORD)
    page.locator(CONTINUE).click()

    expect(page).to_have_url(re.compile("/reset/done/"))


def test_a_second_press_sets_one_password(ada: Person, narrow_page: Page) -> None:
    to_key(narrow_page)
    narrow_page.locator("#id_otp_token").fill(ada.code())
    narrow_page.evaluate(
        "button => { button.click(); button.click(); }", narrow_page.locator(CONTINUE).element_handle()
    )

    choose(narrow_page)


def test_back_after_a_refusal_asks_nobody_to_send_a_form_again(ada: Person, narrow_page: Page) -> None:
    to_key(narrow_page)
    narrow_page.locator("#id_otp_token").fill("000000")
    narrow_page.locator(CONTINUE).click()
    expect(narrow_page.get_by_role("alert")).to_be_visible()
    narrow_page.locator("#id_otp_token").fill(ada.code())
    narrow_page.locator(CONTINUE).click()
    expect(narrow_page).to_have_url(re.compile("/reset/password/"))

    narrow_page.go_back()

    expect(narrow_page).to_have_url(re.compile("/reset/password/"))
    choose(narrow_page)
