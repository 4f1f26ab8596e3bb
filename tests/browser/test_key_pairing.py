"""Pairing the phone with the portal, in two browsers: from the password to the sign-in that tests the Key."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Key
from tests.accounts.enrolment_pages import birth, post, to_the_phone, with_password
from tests.accounts.enrolment_walk import mailed_code
from tests.browser.fixtures import Look
from tests.browser.key_app import KeyApp
from tests.browser.test_sign_in import type_code, type_password
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(open_browser: Callable[..., Page]) -> KeyApp:
    """Ben's phone, fresh out of its box."""
    return KeyApp(open_browser(Look(400)))


def to_the_code(page: Page, ben: Person) -> str:
    """Walk on the portal from the password to the pairing code."""
    page.goto("/login/")
    type_password(page, "ben", ben.password)
    page.get_by_role("button", name="Send me the code").click()
    page.get_by_label("Code from the e-mail").fill(mailed_code(ben.user))
    page.get_by_role("button", name="Continue").click()
    for label, value in zip(("Day", "Month", "Year", "One more detail"), birth(ben).values(), strict=True):
        page.get_by_label(label, exact=label != "One more detail").fill(value)
    page.get_by_role("button", name="Continue").click()
    return page.locator("[data-copy-text]").first.inner_text()


def come(app: KeyApp, code: str, name: str = "Ben's Pixel") -> None:
    """Bring the code to the phone as its camera does, by the address."""
    app.page.goto(f"/key/#pair={code}")
    app.begin()
    expect(app.page.get_by_label("Code from the other screen")).to_have_value(code)
    app.page.get_by_label("Name of this phone").fill(name)
    app.page.get_by_role("button", name="Continue").click()
    app.screen("match")


@pytest.mark.promise("KEY-1", "KEY-4", "KEY-5", "KEY-6", "SIGN-7")
def test_a_phone_becomes_the_key_and_signs_in_with_its_code(page: Page, app: KeyApp, ben: Person):
    refused = []
    app.page.on("response", lambda response: refused.append(response.url) if response.status >= 400 else None)
    code = to_the_code(page, ben)
    come(app, code)
    assert code not in app.page.url
    number = app.page.locator(".big-number [data-slot=number]").inner_text()
    expect(page.locator(".match-number [aria-hidden]")).to_have_text(number)
    page.locator("form[action$='/match/'] button").click()

    app.screen("paired")
    assert refused == []  # later the app may ask about a set-up that has just ended
    shown = app.page.locator(".big-number [data-slot=code]").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(shown)
    page.get_by_role("button", name="Finish").click()

    expect(page.locator("#sign-in-now")).to_be_visible()
    app.codes()
    expect(app.page.locator(".badge-warn:visible")).to_have_count(0)
    key = Key.objects.get(user=ben.user, confirmed=True)
    assert key.phone.name == "Ben's Pixel"
    Key.objects.update(last_step=-1)  # half a minute later
    page.goto("/login/")
    type_password(page, "ben", ben.password)
    type_code(page, app.code_of("ben"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ben")


@pytest.mark.promise("KEY-5")
def test_another_number_ends_the_pairing_and_the_phone_holds_nothing(page: Page, app: KeyApp, ben: Person):
    come(app, to_the_code(page, ben), name="A stranger's phone")
    expect(page.locator("main")).to_contain_text("A stranger's phone")
    page.locator("form[action$='/stop/'] button").click()

    app.screen("pairOver")
    app.tab("Codes")
    expect(app.page.locator("[data-is=codes-empty]")).to_be_visible()
    assert not Key.objects.filter(user=ben.user).exists()


def test_a_pairing_under_way_survives_a_closed_app(page: Page, app: KeyApp, ben: Person):
    come(app, to_the_code(page, ben))
    number = app.page.locator(".big-number [data-slot=number]").inner_text()

    app.page.reload()
    app.unlock()

    app.screen("match")
    expect(app.page.locator(".big-number [data-slot=number]")).to_have_text(number)
    page.locator("form[action$='/match/'] button").click()
    app.screen("paired")


@pytest.mark.promise("KEY-9")
def test_a_phone_that_is_a_key_already_takes_one_more_account(app: KeyApp, ada: Person, ben: Person):
    app.pair(ada)
    portal = with_password(ben)
    code = to_the_phone(portal, ben)
    app.tab("Accounts")
    app.page.get_by_role("button", name="Add an account").click()
    expect(app.page.get_by_label("Name of this phone")).to_be_hidden()
    app.page.get_by_label("Code from the other screen").fill(code)
    app.page.get_by_role("button", name="Continue").click()
    app.screen("match")

    post(portal, "-match")
    app.screen("paired")
    post(portal, "-pair", code=app.page.locator(".big-number [data-slot=code]").inner_text().replace(" ", ""))

    app.codes()
    expect(app.page.locator(".code")).to_have_count(2)
    assert {key.phone_id for key in Key.objects.filter(confirmed=True, phone__isnull=False)} == {app.row.pk}
