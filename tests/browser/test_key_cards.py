"""Several usernames of one person on one phone: each card shows what tells it from the others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.enums import Realm
from tests import factories
from tests.browser.fixtures import Look, assert_accessible
from tests.browser.key_app import KeyApp
from tests.browser.test_key_app import in_module
from tests.browser.test_sign_in import type_password
from tests.factories import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("KEY-9")]
HER_OTHERS = {"ada-family": Realm.LIVE, "ada-practice": Realm.PAPER}


@pytest.fixture
def hers(ada: Person) -> list[Person]:
    """Three usernames, all of an Ada Byron."""
    others = [factories.customer(name, given_name="Ada", realm=realm) for name, realm in HER_OTHERS.items()]
    return [ada, *others]


@pytest.fixture
def app(open_browser: Callable[..., Page], hers: list[Person]) -> KeyApp:
    return KeyApp(open_browser(Look(320))).pair(*hers)


def test_the_cards_of_one_person_are_headed_by_username_and_name_the_realm(app: KeyApp):
    cards = app.page.locator(".code")

    assert cards.locator(".code-who b").all_inner_texts() == ["ada", "ada-family", "ada-practice"]
    assert cards.locator(".badge:visible").all_inner_texts() == ["Live", "Live", "Paper"]
    expect(cards.filter(has_text="Ada Byron")).to_have_count(3)
    app.tab("Accounts")
    assert app.page.locator(".row b").all_inner_texts() == ["ada", "ada-family", "ada-practice"]


def test_the_requests_of_one_person_are_headed_by_username_and_name_the_realm(
    open_browser: Callable[..., Page], app: KeyApp, hers: list[Person]
):
    for person in hers[::2]:
        browser = open_browser()
        browser.goto("/login/?realm=paper" if person.user.realm == Realm.PAPER else "/login/")
        type_password(browser, person.user.username, person.password)
        expect(browser.locator(".match-number")).to_be_visible()
    app.page.locator("[data-do=look]").click()
    if app.page.locator("[data-is=request]").is_visible():
        app.page.locator("[data-do=list]").click()
    rows = app.page.locator("button.row")
    expect(rows).to_have_count(2)

    assert rows.locator("b").all_inner_texts() == ["ada-practice", "ada"]
    assert rows.locator(".badge:visible").all_inner_texts() == ["Paper", "Live"]
    assert_accessible(app.page)
    rows.first.click()
    expect(app.page.locator(".about b")).to_have_text("ada-practice")


def test_a_username_that_is_its_own_label_stands_once(app: KeyApp):
    words = in_module(app.page, "whose", "return it.whoseWords({ account: 'sam', label: 'sam', realm: 'live' });")

    assert words == {"account": "sam", "label": "", "live": True, "paper": False}
