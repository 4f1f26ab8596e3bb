"""No screen of the Key is a barrier: narrow and wide, light and dark."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.enums import Realm
from tests import factories
from tests.browser.fixtures import Look, assert_accessible
from tests.browser.key_app import PIN, KeyApp
from tests.browser.test_key_app import in_module
from tests.browser.test_sign_in import type_password
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
PASSING_BY = {
    "match": {"number": "47", "spelled": "4 7"},
    "paired": {"whose": "Maximiliane Oppenheim-Sachsen-Weimar", "code": "123 456", "left": "29 seconds left"},
    "notify": {"result": "We send no notifications."},
    "take-over": {"whose": "Maximiliane Oppenheim-Sachsen-Weimar (maximiliane.von.oppenheim)"},
    "pair-over": {},
    "approved": {},
    "request-over": {"why": "It ran out, was answered or was withdrawn."},
    "move-match": {"number": "47", "spelled": "4 7"},
    "move-wait": {},
    "move-over": {},
}


@pytest.fixture
def app(open_browser: Callable[..., Page]) -> KeyApp:
    return KeyApp(open_browser(Look(400)))


@pytest.mark.promise("HELP-5")
def test_no_screen_of_a_new_phone_is_a_barrier(app: KeyApp):
    page = app.page
    page.goto("/key/")
    assert_accessible(app.page)
    for name in ("skip", "next", "pin"):
        page.locator(f"main [data-do={name}]").click()
        assert_accessible(app.page)
    for _ in range(2):
        page.get_by_label("PIN", exact=True).fill(PIN)
    app.screen("pair")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-error]")).to_be_visible()
    assert_accessible(app.page)


@pytest.mark.promise("HELP-5")
def test_no_screen_of_an_open_key_is_a_barrier(app: KeyApp, ada: Person, ada_on_paper: Person):
    long = factories.customer("maximiliane.von.oppenheim", family_name="Oppenheim-Sachsen-Weimar", realm=Realm.PAPER)
    app.pair(ada, ada_on_paper, long)
    page = app.page
    assert_accessible(app.page)
    for tab in ("Accounts", "Check", "Help"):
        app.tab(tab)
        page.wait_for_load_state("networkidle")
        assert_accessible(app.page)
    app.tab("Accounts")
    page.get_by_role("button", name="Turn off for ada", exact=True).click()
    assert_accessible(app.page)
    app.tab("Accounts")
    page.get_by_role("button", name="Move to a new phone").click()
    assert_accessible(app.page)
    page.get_by_role("button", name="Show the code").click()
    assert_accessible(app.page)
    page.get_by_role("dialog").get_by_label("PIN").fill(PIN)
    app.screen("moveCode")
    assert_accessible(app.page)
    page.get_by_role("button", name="Lock").click()
    assert_accessible(app.page)
    page.locator("main [data-do=again]").click()
    assert_accessible(app.page)
    page.locator("main [data-do=wipe]").click()
    app.screen("ended")
    assert_accessible(app.page)


@pytest.mark.promise("HELP-5")
def test_no_screen_of_a_request_is_a_barrier(open_browser: Callable[..., Page], page: Page, app: KeyApp, ada: Person):
    app.pair(ada)
    for browser in (page, open_browser()):
        browser.goto("/login/")
        type_password(browser, "ada", ada.password)
        expect(browser.locator(".match-number")).to_be_visible()
    expect(app.page.locator("[data-do=look]")).to_be_visible()
    assert_accessible(app.page)
    app.page.locator("[data-do=look]").click()
    assert_accessible(app.page)
    expect(app.page.locator("button.row")).to_have_count(2)
    app.page.locator("button.row").first.click()
    assert_accessible(app.page)
    app.page.locator("[data-do=cancel]").click()
    app.screen("cancelled")
    assert_accessible(app.page)
    app.page.locator("main [data-do=codes]").click()
    app.page.locator("[data-do=look]").click()
    app.page.locator("[data-do=deny]").click()
    app.screen("denied")
    assert_accessible(app.page)


@pytest.mark.promise("HELP-5")
def test_no_screen_that_passes_by_is_a_barrier(app: KeyApp):
    app.page.goto("/key/")
    app.screen("install")
    for name, words in PASSING_BY.items():
        shown = f"document.querySelector('main').replaceChildren(it.copy('{name}', {json.dumps(words)}));"
        in_module(app.page, "dom", shown)
        expect(app.page.locator(f"[data-is={name}]")).to_be_visible()
        assert_accessible(app.page)
