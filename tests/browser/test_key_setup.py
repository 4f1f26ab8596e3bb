"""Setting up a Key in a browser, with a phone that speaks the API: no barrier in any look, with script and without."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.enums import Realm
from accounts.models import User
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.enrolment_walk import mailed_code
from tests.browser.fixtures import assert_accessible
from tests.factories import Person
from tests.phone import Phone

pytestmark = pytest.mark.django_db(transaction=True)


def type_password(page: Page, person: Person) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(person.user.username)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Continue").click()


def sign_in(page: Page, person: Person, address: str) -> None:
    cookie = factories.signed_in(person).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


def code_on(page: Page) -> str:
    """Return the pairing code on the page."""
    return page.locator("[data-key-setup] .reference code").inner_text()


def type_mailed_code(page: Page, person: Person) -> None:
    page.get_by_label("Code from the e-mail").fill(mailed_code(person.user))
    page.get_by_role("button", name="Continue").click()


def fill_details(page: Page, person: Person) -> None:
    page.get_by_label("Day").fill("10")
    page.get_by_label("Month").fill("12")
    page.get_by_label("Year").fill("1985")
    page.get_by_label("One more detail").fill(person.user.mandates.get().account.number)
    page.get_by_role("button", name="Continue").click()


def heading(page: Page) -> object:
    return expect(page.get_by_role("heading", level=1))


@pytest.mark.promise("KEY-4", "KEY-5", "KEY-6")
def test_a_first_key_is_set_up_and_tested_without_a_barrier(clock, ben, page, live_server):
    type_password(page, ben)
    phone = Phone(name="Ben's Pixel", address=live_server.url)
    heading(page).to_have_text("Set up your Key")
    assert_accessible(page)
    page.get_by_role("button", name="Send me the code").click()
    page.get_by_role("button", name="Continue").click()
    assert_accessible(page)
    type_mailed_code(page, ben)
    page.get_by_role("button", name="Continue").click()
    assert_accessible(page)
    fill_details(page, ben)
    page.locator("details summary").click()
    assert_accessible(page)

    assert phone.pair(code_on(page)).status == 200
    expect(page.locator("[data-key-setup=claimed]")).to_be_visible()  # by itself
    assert page.locator(".match-number [aria-hidden]").inner_text() == phone.number
    assert_accessible(page)
    page.locator("form[action$='/match/'] button").click()
    assert phone.confirm().status == 200
    assert_accessible(page)
    page.get_by_label("Code your Key shows now").fill(phone.code())
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#sign-in-now, #sign-out-now")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Sign in now").click()

    clock.move(seconds=30)
    type_password(page, ben)
    page.get_by_label("Code from your Key").fill(phone.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    heading(page).to_contain_text("Ben")


def test_a_first_key_is_set_up_without_script(clock, ben, page_without_script, live_server):
    page = page_without_script
    type_password(page, ben)
    phone = Phone(name="Ben's Pixel", address=live_server.url)
    page.get_by_role("button", name="Send me the code").click()
    type_mailed_code(page, ben)
    fill_details(page, ben)
    phone.pair(code_on(page))
    page.locator("[data-key-setup] a.button").click()
    page.locator("form[action$='/match/'] button").click()
    phone.confirm()
    page.get_by_label("Code your Key shows now").fill(phone.code())
    page.get_by_role("button", name="Finish").click()

    expect(page.locator("#sign-in-now, #sign-out-now")).to_be_visible()


@pytest.mark.promise("KEY-5")
def test_another_number_ends_it_without_a_barrier(clock, ben, page, live_server):
    type_password(page, ben)
    page.get_by_role("button", name="Send me the code").click()
    type_mailed_code(page, ben)
    fill_details(page, ben)
    Phone(name="A stranger's phone", address=live_server.url).pair(code_on(page))
    page.locator("form[action$='/stop/'] button").click()

    expect(page.locator("[data-cause=E2]")).to_be_visible()
    assert_accessible(page)


@pytest.mark.promise("KEY-9")
def test_fifty_log_ins_are_chosen_and_set_up_without_a_barrier(clock, ada, page, live_server):
    fields = {"customer": ada.user.customer, "password": "x", "email": ada.user.email}
    for realm, count in ((Realm.LIVE, 42), (Realm.PAPER, 8)):
        for n in range(count):
            User.objects.create(username=f"client-{realm}-{n:02}", realm=realm, **fields)
    sign_in(page, ada, live_server.url)
    phone = Phone(name="Ada's Pixel", address=live_server.url)
    page.goto("/key/setup/")
    page.get_by_label("Find a username").fill("-07")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("checkbox", name=re.compile("client"))).to_have_count(2)
    assert_accessible(page)
    page.get_by_label("All of them", exact=False).check()
    page.get_by_role("button", name="Send me the code").click()
    type_mailed_code(page, ada)
    phone.pair(code_on(page))
    page.locator("form[action$='/match/'] button").click()
    phone.confirm()
    own = next(key for key, account in phone.accounts.items() if account == "ada")
    page.get_by_label("Code your Key shows now").fill(phone.code(own))
    page.get_by_role("button", name="Finish").click()

    expect(page.locator("[data-has-key=yes]")).to_have_count(51)
    assert_accessible(page)
    assert Notice.objects.get(kind="key_added").facts["log_ins"] == 51
