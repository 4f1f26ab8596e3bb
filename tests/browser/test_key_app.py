"""The Key's app on one phone: its codes, its lock, what it keeps and where."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.enums import Realm
from accounts.models import Phone
from accounts.policies.keys import totp
from portal.lib import clock
from tests import factories
from tests.browser.fixtures import Look
from tests.browser.key_app import PIN, Finger, KeyApp
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = Look(400)
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
EVERY_RECORD = """async () => {
  const base = await new Promise((done) => (indexedDB.open("key").onsuccess = (event) => done(event.target.result)));
  const read = (store) => new Promise((done) => {
    base.transaction(store).objectStore(store).getAll().onsuccess = (event) => done(event.target.result);
  });
  return Promise.all([...base.objectStoreNames].map(read));
}"""


def in_module(page: Page, name: str, body: str) -> object:
    """Run script on the page with one of the app's modules at hand as ``it``."""
    return page.evaluate(f"async () => {{ const it = await import('/static/key/{name}.js'); {body} }}")


@pytest.fixture
def app(open_browser: Callable[..., Page]) -> KeyApp:
    """The app on a phone that is not set up yet."""
    return KeyApp(open_browser(PHONE, **CLIPBOARD))


@pytest.mark.promise("KEY-1")
@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_the_codes_are_those_of_rfc_6238(app: KeyApp, seconds: int, code: str):
    app.page.goto("/key/")

    found = in_module(
        app.page,
        "totp",
        "const seed = new TextEncoder().encode('12345678901234567890');"
        "const key = await crypto.subtle.importKey('raw', seed, {name: 'HMAC', hash: 'SHA-1'}, false, ['sign']);"
        f"return it.codeAt(key, {seconds}, {{digits: 8}});",
    )

    assert found == code


@pytest.mark.promise("KEY-1", "KEY-9")
def test_a_paired_phone_shows_the_code_of_each_account(app: KeyApp, ada: Person, ada_on_paper: Person):
    app.pair(ada, ada_on_paper)

    for person in (ada, ada_on_paper):
        name = person.user.username
        at = totp.step_at(clock.now().timestamp())
        secret = totp.decode_secret(app.seeds[name])
        assert app.code_of(name) in {totp.at_step(secret, at + step) for step in (-1, 0, 1)}
    expect(app.page.locator(".code", has_text="ada-paper")).to_contain_text("Paper")


def test_a_code_can_be_copied_heard_and_put_on_top(app: KeyApp, ada: Person, mallory: Person):
    app.pair(ada, mallory)
    page = app.page

    app.card("mallory").locator("[data-do=copy]").click()
    expect(page.locator("[data-say]")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == app.code_of("mallory")

    app.card("ada").locator("[data-do=say]").click()
    expect(page.locator("[data-say]")).to_have_text(re.compile(r"^\d \d \d, \d \d \d, \d+ seconds? left$"))

    app.card("mallory").locator("[data-do=pin]").click()
    expect(page.locator(".code").first).to_contain_text("mallory")
    page.reload()
    app.unlock()
    expect(page.locator(".code").first).to_contain_text("mallory")


@pytest.mark.promise("KEY-1")
def test_without_a_line_the_app_opens_and_shows_the_right_code(app: KeyApp, ada: Person):
    app.pair(ada)
    expect_worker(app.page)
    app.page.context.set_offline(True)

    app.page.reload()
    app.unlock()

    app.screen("codes")
    expect(app.page.locator("[data-is=strip-offline]")).to_be_visible()
    assert app.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    secret = totp.decode_secret(app.seeds["ada"])
    assert app.code_of("ada") in {
        totp.at_step(secret, totp.step_at(clock.now().timestamp()) + step) for step in (-1, 0, 1)
    }
    app.tab("Help")
    expect(app.page.locator("details[open]")).to_have_attribute("data-row", "no-internet")


def expect_worker(page: Page) -> None:
    """Wait until the worker keeps the app."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")


@pytest.mark.promise("KEY-2")
def test_no_key_can_be_carried_away_and_no_seed_or_code_lies_anywhere(app: KeyApp, ada: Person):
    app.pair(ada)
    expect_worker(app.page)

    kept = app.page.evaluate(
        EVERY_RECORD.replace("return Promise.all", "const all = await Promise.all")[:-1]
        + "const keys = [], texts = [];"
        "const look = (value) => {"
        "  if (value instanceof CryptoKey) keys.push([value.type, value.extractable, value.algorithm.name]);"
        "  else if (value && typeof value === 'object') Object.values(value).forEach(look);"
        "  else texts.push(String(value)); };"
        "look(all); const stored = JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie]);"
        "const cached = [];"
        "for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys())"
        "  cached.push(new URL(one.url).pathname);"
        "return {keys, texts, stored, cached}; }"
    )

    assert sorted(kept["keys"]) == [["private", False, "ECDSA"], ["secret", False, "HMAC"]]
    assert kept["stored"] == '[{},{},""]'
    everywhere = " ".join(kept["texts"])
    assert "ada" in everywhere
    assert app.seeds["ada"] not in everywhere
    assert app.code_of("ada") not in everywhere
    assert PIN not in everywhere
    assert "/key/" in kept["cached"]
    assert all(path == "/key/" or path.startswith("/static/") for path in kept["cached"])


def test_a_pin_is_stretched_as_owasp_recommends(app: KeyApp, ada: Person):
    app.pair(ada)

    assert app.page.evaluate("rounds") >= 600_000


@pytest.mark.promise("KEY-3")
def test_wrong_pins_wait_longer_and_longer_and_the_tenth_empties_the_phone(app: KeyApp, ada: Person):
    app.pair(ada)
    page = app.page
    page.clock.install()
    page.reload()

    for left in range(9, 0, -1):
        app.unlock("000000")
        expect(page.get_by_label("PIN", exact=True)).to_have_value("")
        expect(page.locator("[data-error]")).not_to_be_empty()
        if left < 8:
            expect(page.locator("[data-slot=wait]")).not_to_be_empty()
            page.clock.fast_forward(3_600_000)
            expect(page.get_by_label("PIN", exact=True)).to_be_enabled()
    app.unlock("000000")

    app.screen("ended")
    assert [rows for rows in page.evaluate(EVERY_RECORD) if rows] == [["tries"]]


@pytest.mark.promise("KEY-3")
def test_the_key_locks_itself_after_a_minute_out_of_sight(app: KeyApp, ada: Person):
    app.pair(ada)
    page = app.page
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.clock.install()

    page.evaluate(hide, True)
    expect(page.locator("body")).to_have_class("veiled")
    page.clock.fast_forward(59_000)
    page.evaluate(hide, False)
    app.screen("codes")
    page.evaluate(hide, True)
    page.clock.fast_forward(61_000)
    page.evaluate(hide, False)

    app.screen("locked")
    expect(page.locator(".code")).to_have_count(0)


@pytest.mark.promise("KEY-3")
@pytest.mark.parametrize("gives_a_secret", [True, False], ids=["prf", "check"])
def test_fingerprint_or_face_opens_the_key(app: KeyApp, ada: Person, gives_a_secret: bool):
    page = app.page
    finger = Finger(page, gives_a_secret=gives_a_secret)
    app.pair(ada, lock="check" if gives_a_secret else "check and pin")

    kinds = page.evaluate(EVERY_RECORD.replace("Promise.all(", "JSON.stringify(await Promise.all(")[:-3] + "); }")
    assert ('"encrypted"' in kinds) is gives_a_secret
    page.reload()
    page.locator("main [data-do=check]").click()
    app.screen("codes")
    assert len(app.code_of("ada")) == 6
    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible(visible=not gives_a_secret)
    finger.is_right(False)
    page.locator("main [data-do=check]").click()
    expect(page.locator("[data-error]")).to_have_text(app.word("check-failed"))
    expect(page.locator(".code")).to_have_count(0)


@pytest.mark.promise("KEY-10")
@pytest.mark.parametrize(("minutes", "words"), [(3, "3 minutes"), (-10, "10 minutes")])
def test_a_wrong_clock_is_named_corrected_and_told(app: KeyApp, ada: Person, minutes: int, words: str):
    app.pair(ada)
    page = app.page
    off = minutes * 60 + (10 if minutes > 0 else -10)  # off the edge of a minute: half a second is play
    page.clock.install(time=clock.now() + timedelta(seconds=off))
    page.reload()
    app.unlock()

    strip = page.locator(".strips")
    expect(strip).to_contain_text(words)
    expect(strip).to_contain_text("ahead" if minutes > 0 else "behind")
    secret = totp.decode_secret(app.seeds["ada"])
    expect(page.locator(".code")).to_be_visible()
    page.clock.run_for(1500)
    assert app.code_of("ada") in {
        totp.at_step(secret, totp.step_at(clock.now().timestamp()) + step) for step in (-1, 0, 1)
    }
    app.row.refresh_from_db()
    assert abs(app.row.clock_offset - off) < 5


@pytest.mark.promise("KEY-8", "KEY-10")
@pytest.mark.parametrize("reason", ["lost", "moved"])
def test_a_phone_that_was_turned_off_empties_itself_and_says_why(app: KeyApp, ada: Person, reason: str):
    app.pair(ada)
    Phone.objects.update(ended_at=clock.now(), end_reason=reason)

    app.screen("ended")

    expect(app.page.locator("main")).to_contain_text(app.word(f"ended-{reason}"))
    assert [rows for rows in app.page.evaluate(EVERY_RECORD) if rows] == [[reason]]
    app.page.reload()
    expect(app.page.locator("main")).to_contain_text(app.word(f"ended-{reason}"))


@pytest.mark.promise("KEY-9")
def test_fifty_accounts_stay_quick_and_can_be_searched(app: KeyApp):
    people = [factories.customer(f"client{n:02}", realm=Realm.PAPER if n % 5 == 0 else Realm.LIVE) for n in range(50)]
    app.pair(*people)
    page = app.page
    page.reload()
    app.page.get_by_label("PIN", exact=True).fill(PIN[:5])
    took = page.evaluate(
        "async (last) => { const start = performance.now(); document.querySelector(`[data-digit='${last}']`).click();"
        " while (document.querySelectorAll('.code [data-slot=code]:not(:empty)').length < 50)"
        "   await new Promise((done) => setTimeout(done, 10));"
        " return performance.now() - start; }",
        PIN[-1],
    )

    assert took < 1000 + 1000  # one second for the list, one at most for the work that makes a PIN hard to guess
    page.get_by_label("Search accounts").fill("client37")
    expect(page.locator(".code:visible")).to_have_count(1)
    page.get_by_label("Search accounts").fill("nobody")
    expect(page.locator("[data-if=none]")).to_be_visible()
