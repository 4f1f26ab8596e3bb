"""A newcomer walks in with a letter, from the sign-in page to the start page: narrow, without script, with Back."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import FormerPassword, User
from tests.accounts.enrolment_walk import mailed_code
from tests.accounts.welcome_work import PASSWORD, newcomer
from tests.browser.fixtures import assert_accessible
from tests.conftest import Clock
from tests.phone import Phone

pytestmark = pytest.mark.django_db(transaction=True)
CONTINUE = "main form.card button.button:not(.button-secondary)"
NUMBER = "+44 20 7946 0000"


@pytest.fixture
def vera(clock: Clock, live_server: object) -> User:
    return newcomer(phone=NUMBER)


@pytest.fixture
def code(vera: User, tmp_path: Path) -> str:
    """The code in the letter, read from the list for the print house."""
    call_command("portal_welcome_letters", str(tmp_path / "letters"))
    with (tmp_path / "letters" / "letters.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["code"]


def fill(page: Page, path: str, check: Callable[[Page], None], **values: str) -> None:
    """Fill in and send the form of a page; ``check`` the page first."""
    expect(page).to_have_url(re.compile(f"{path}$"))
    check(page)
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator(CONTINUE).click()


def to_password(page: Page, user: User, code: str, check: Callable[[Page], None]) -> None:
    page.goto("/login/")
    check(page)
    page.get_by_role("link", name="First time here?").click()
    fill(page, "/welcome/", check, username=user.username, code=code)
    fill(page, "/welcome/details/", check, day="10", month="12", year="1985", detail=NUMBER)
    expect(page).to_have_url(re.compile("/welcome/code/$"))
    fill(page, "/welcome/code/", check, code=mailed_code(user))
    expect(page).to_have_url(re.compile("/welcome/password/$"))


def to_start_page(page: Page, user: User, clock: Clock, address: str, *, script: bool) -> None:
    """Pair a phone, test it, and sign in for the first time."""
    expect(page).to_have_url(re.compile("/key/setup/pair/$"))
    phone = Phone(name="Vera's Pixel", address=address)
    assert phone.pair(page.locator("[data-key-setup] .reference code").inner_text()).status == 200
    if script:
        expect(page.locator("[data-key-setup=claimed]")).to_be_visible()
    else:
        page.locator("[data-key-setup] a.button").click()
    page.locator("form[action$='/match/'] button").click()
    assert phone.confirm().status == 200
    page.get_by_label("Code your Key shows now").fill(phone.code())
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("link", name="Sign in now").click()
    clock.move(seconds=30)
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code from your Key").fill(phone.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vera")


@pytest.mark.promise("FIRM-3")
def test_a_letter_leads_all_the_way_in_without_a_barrier(
    vera: User, code: str, clock: Clock, narrow_page: Page, live_server
) -> None:
    to_password(narrow_page, vera, code, assert_accessible)
    fill(narrow_page, "/welcome/password/", assert_accessible, new_password=PASSWORD)

    to_start_page(narrow_page, vera, clock, live_server.url, script=True)


@pytest.mark.promise("FIRM-3")
def test_it_works_without_script(vera: User, code: str, clock: Clock, page_without_script: Page, live_server) -> None:
    def no_check(_page: Page) -> None:
        """Axe is a script."""

    to_password(page_without_script, vera, code, no_check)
    fill(page_without_script, "/welcome/password/", no_check, new_password=PASSWORD)

    to_start_page(page_without_script, vera, clock, live_server.url, script=False)


def test_back_reload_and_a_second_tab_lead_to_where_it_is(vera: User, code: str, narrow_page: Page) -> None:
    to_password(narrow_page, vera, code, lambda _: None)
    narrow_page.reload()
    expect(narrow_page).to_have_url(re.compile("/welcome/password/$"))
    narrow_page.go_back()
    expect(narrow_page).to_have_url(re.compile("/welcome/password/$"))
    second = narrow_page.context.new_page()
    second.goto("/welcome/details/")
    fill(second, "/welcome/password/", lambda _: None, new_password=PASSWORD)
    expect(second).to_have_url(re.compile("/key/setup/pair/$"))

    narrow_page.reload()

    expect(narrow_page).to_have_url(re.compile("/key/setup/pair/$"))


def test_a_second_press_sets_one_password(vera: User, code: str, narrow_page: Page) -> None:
    to_password(narrow_page, vera, code, lambda _: None)
    narrow_page.locator("#id_new_password").fill(PASSWORD)
    narrow_page.evaluate(
        "button => { button.click(); button.click(); }", narrow_page.locator(CONTINUE).element_handle()
    )

    expect(narrow_page).to_have_url(re.compile("/key/setup/pair/$"))
    assert FormerPassword.objects.filter(user=vera).count() == 1


def test_refusals_are_told_without_a_barrier(vera: User, code: str, narrow_page: Page) -> None:
    narrow_page.goto("/welcome/")
    fill(narrow_page, "/welcome/", lambda _: None, username="vera", code="2345 2345 2345")
    expect(narrow_page.get_by_role("alert")).to_have_attribute("data-cause", "W3")
    assert_accessible(narrow_page)
    fill(narrow_page, "/welcome/", lambda _: None, username="vera", code=code)
    fill(narrow_page, "/welcome/details/", lambda _: None, day="10", month="12", year="1985", detail="wrong")
    expect(narrow_page.get_by_role("alert")).to_have_attribute("data-cause", "W5")
    assert_accessible(narrow_page)
    User.objects.filter(pk=vera.pk).update(is_active=False)
    narrow_page.reload()

    expect(narrow_page.locator("[data-cause=W4]")).to_be_visible()
    assert_accessible(narrow_page)
