"""The page that waits for the phone, as a person sees it: it moves on by itself, and does without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import Look, assert_accessible, assert_fits
from tests.browser.test_sign_in import SCRIPT, type_code, type_password
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pixel(ada: Person) -> Phone:
    """Ada's phone, by the clock on the wall."""
    return paired(ada)


def start(page: Page, person: Person) -> None:
    page.goto("/login/")
    type_password(page, person.user.username, person.password)
    expect(page.get_by_role("heading", level=1, name="Approve on your phone")).to_be_visible()


def number_on(page: Page) -> str:
    return page.locator(".match-number [aria-hidden]").inner_text()


def newest(phone: Phone) -> dict:
    return phone.requests()["requests"][0]


@pytest.mark.promise("SIGN-3", "KEY-2")
def test_the_page_asks_every_two_seconds_and_moves_on_once_approved(page: Page, ada: Person, pixel: Phone):
    start(page, ada)
    page.wait_for_function("() => waits.includes(2000)")  # the page refuses to evaluate a plain expression

    assert pixel.approve(newest(pixel), number_on(page)).status == 200

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    expect(page.locator(".alert-success")).to_be_visible()


@pytest.mark.promise("KEY-2")
def test_without_script_the_button_does_it(page_without_script: Page, ada: Person, pixel: Phone):
    page = page_without_script
    start(page, ada)

    page.get_by_role("button", name="I approved it").click()
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "N8")
    pixel.approve(newest(pixel), number_on(page))
    page.get_by_role("button", name="I approved it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@pytest.mark.promise("KEY-2")
def test_a_refusal_on_the_phone_is_said_on_the_page_by_itself(page: Page, ada: Person, pixel: Phone):
    start(page, ada)

    pixel.deny(newest(pixel))

    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "N2")
    expect(page.get_by_label("Username")).to_be_visible()
    assert_accessible(page)


def test_a_request_that_ends_takes_no_half_typed_code_away(page: Page, ada: Person, pixel: Phone):
    start(page, ada)
    page.get_by_label("Code from your Key").fill("123")

    wrong = f"{(int(number_on(page)) + 1) % 100:02}"
    with page.expect_response(lambda answer: "failed" in answer.text() if "/waiting/" in answer.url else False):
        request = newest(pixel)
        for _ in range(3):
            pixel.approve(request, wrong)

    page.wait_for_timeout(500)  # in which the page would have left
    expect(page.get_by_label("Code from your Key")).to_have_value("123")


@SCRIPT
@pytest.mark.promise("KEY-11")
def test_a_code_typed_beside_the_request_signs_in(
    open_browser: Callable[..., Page], ada: Person, pixel: Phone, javascript: bool
):
    page = open_browser(Look(320), javascript=javascript)
    start(page, ada)
    page.get_by_text("Nothing on my phone", exact=True).click()
    expect(page.locator("a[href='/help/problem/no-notification/']")).to_be_visible()

    page.get_by_label("Code from your Key").fill(ada.code())
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@SCRIPT
def test_requests_run_out_and_the_code_field_stays(
    open_browser: Callable[..., Page], ada: Person, pixel: Phone, javascript: bool
):
    page = open_browser(javascript=javascript)
    start(page, ada)
    for _ in range(2):
        page.get_by_role("button", name="Send again").click()
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "N3")
    type_code(page, ada.code())
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


def test_the_waiting_page_has_no_barrier_in_any_look(narrow_page: Page, ada: Person, pixel: Phone):
    paired(ada, name="A phone with a name as long as sixty characters let it be, so")
    page = narrow_page
    start(page, ada)
    assert_accessible(page)

    page.get_by_text("Use a backup code", exact=True).click()
    page.get_by_label("Backup code").fill("WRNG-WRNG")
    page.get_by_role("button", name="Sign in with a backup code").click()
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "K7")
    expect(page.get_by_label("Backup code")).to_be_visible()
    assert_accessible(page)

    for _ in range(3):
        page.get_by_role("button", name="Send again").click()
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.promise("KEY-10")
def test_a_wrong_clock_leads_to_the_steps_that_set_it_right(page: Page, ada: Person):
    page.goto("/login/")
    type_password(page, "ada", ada.password)

    type_code(page, ada.code(steps=8))

    expect(page.get_by_role("alert")).to_contain_text("4 minutes fast")
    page.locator("main a[href$='#clock']").click()
    expect(page.get_by_role("heading", name="The clock")).to_be_in_viewport()
