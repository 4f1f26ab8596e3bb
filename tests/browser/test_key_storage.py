"""The Key's database in a browser that closes it, deletes it or has none: the app goes on, or says what is wrong."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.fixtures import Look
from tests.browser.key_app import Finger, KeyApp
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
HANDLES_AT_HAND = """
window.handles = [];
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...how) {
  const asked = open.apply(this, how);
  asked.addEventListener("success", () => window.handles.push(asked.result));
  return asked;
};
"""
DEAD = "window.handles.at(-1).transaction = () => { throw new DOMException('connection lost', 'UnknownError'); };"
CLOSED = {
    "without a word": "window.handles.at(-1).close()",
    "by the browser": DEAD + "window.handles.at(-1).dispatchEvent(new Event('close'))",
    "for another tab": DEAD + "window.handles.at(-1).dispatchEvent(new IDBVersionChangeEvent('versionchange'))",
}
DELETED = """() => new Promise((done, failed) => {
  const asked = indexedDB.deleteDatabase("key");
  asked.onsuccess = () => done();
  asked.onblocked = () => failed(new Error("a handle stays open"));
})"""
NOT_ABLE = {
    "no cryptography": "Object.defineProperty(window.crypto, 'subtle', { value: undefined });",
    "no time limits": "delete AbortSignal.timeout;",
}
NO_DATABASE = {
    "none": "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "forbidden": "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };",
    "broken": "const open = IDBFactory.prototype.open; IDBFactory.prototype.open = function (name) {"
    " return open.call(this, name, 1) && open.call(this, 'other', 2) && open.call(this, 'other', 1); };",
}


@pytest.fixture
def app(open_browser: Callable[..., Page], ada: Person) -> KeyApp:
    """Ada's phone, set up and locked, with the handles of its database at hand."""
    made = KeyApp(open_browser(Look(400)))
    made.page.add_init_script(HANDLES_AT_HAND)
    made.pair(ada)
    made.page.get_by_role("button", name="Lock").click()
    return made


@pytest.mark.promise("KEY-3")
@pytest.mark.parametrize("how", CLOSED)
def test_the_right_pin_opens_the_key_after_its_database_was_closed(app: KeyApp, how: str):
    app.page.evaluate(CLOSED[how])

    app.unlock()

    app.screen("codes")
    assert len(app.code_of("ada")) == 6
    assert app.page.evaluate("window.handles.length") == 2


def delete_from_another_tab(app: KeyApp) -> None:
    other = app.page.context.new_page()
    other.goto("/help/")
    other.evaluate(DELETED)
    other.close()


def test_a_key_whose_data_was_deleted_says_so_at_the_next_pin(app: KeyApp):
    delete_from_another_tab(app)

    app.unlock()

    app.screen("ended")
    expect(app.page.locator("main")).to_contain_text(app.word("ended-cleared"))


def test_a_key_whose_data_was_deleted_says_so_at_the_next_finger(open_browser: Callable[..., Page], ada: Person):
    phone = open_browser(Look(400))
    Finger(phone)
    app = KeyApp(phone).pair(ada, lock="check")
    phone.get_by_role("button", name="Lock").click()
    delete_from_another_tab(app)

    phone.locator("main [data-do=check]").click()

    app.screen("ended")


@pytest.mark.parametrize("how", NO_DATABASE | NOT_ABLE)
def test_a_browser_that_lacks_what_a_key_needs_is_told_that_it_cannot_hold_one(page: Page, how: str):
    page.add_init_script((NO_DATABASE | NOT_ABLE)[how])

    page.goto("/key/")

    expect(page.locator("body")).to_have_attribute("data-screen", "unusable")
    expect(page.get_by_role("heading", level=1)).to_have_text("This browser cannot hold a Key")


def test_a_browser_that_cannot_run_the_app_is_told_instead_of_shown_nothing(chromium: Browser, live_server: object):
    page = chromium.new_page(base_url=live_server.url)  # `page` would complain of the error in the script
    page.route("**/key/app.js", lambda route: route.fulfill(content_type="text/javascript", body="let new words;"))

    page.goto("/key/")

    expect(page.get_by_role("heading", level=1)).to_have_text("This browser cannot hold a Key")
    expect(page.locator("main")).to_contain_text("up-to-date browser")
    page.close()


def test_a_database_lost_for_good_while_the_app_is_open_is_told_too(app: KeyApp):
    app.page.evaluate(f"() => {{ {NO_DATABASE['forbidden']} }}")
    app.page.evaluate(CLOSED["by the browser"])

    app.unlock()

    app.screen("unusable")
