"""The last steps of a recovery, with the real Key app in a second browser, and the sign-in that follows."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.browser.fixtures import Look, assert_accessible
from tests.browser.key_app import KeyApp
from tests.browser.test_key_requests import approve, asked
from tests.factories import Person
from tests.phone import Phone
from tests.recovery.claimant import mailed
from tests.recovery.conftest import (  # noqa: F401  fixtures
    NEW_PASSWORD,
    Walk,
    cheap_hashes,
    holder,
    kim,
    lee,
    walk,
)

pytestmark = [pytest.mark.django_db(transaction=True)]
KEY = "/recover/finish/key/"


@pytest.fixture
def walk_to_the_end(clock, walk: Walk) -> Walk:  # noqa: F811  the fixture
    """Ada's case, whose waiting period is over; her browser takes it over with reference and PIN."""
    return walk.ready(clock)


def to_the_key(page: Page, case: Walk) -> None:
    """Enter both parts of the grant and a password."""
    page.context.add_cookies([{"name": "case-browser", "value": case.browser, "url": page.url or "http://localhost"}])
    page.goto("/recover/status/")
    page.locator("#id_reference").fill(case.claim.reference)
    page.locator("#id_pin").fill(case.pin)
    page.locator("main form button[type=submit]").click()
    page.locator("form[action='/recover/finish/begin/'] button").click()
    page.locator("#id_part").fill(mailed("case_grant_part", "part"))
    page.locator("main form button[type=submit]").first.click()
    page.locator("#id_new_password").fill(NEW_PASSWORD)
    page.locator("form[action='/recover/finish/new/'] button[type=submit]").click()
    page.wait_for_url(f"**{KEY}")


def the_real_time() -> datetime:
    """Return what the clock of a real phone shows."""
    now: datetime = time_machine.escape_hatch.datetime.datetime.now(UTC)
    return now


def code_on(page: Page) -> str:
    return page.locator("[data-key-setup] .reference code").first.inner_text()


@pytest.mark.promise("CASE-6", "KEY-3")
def test_the_key_app_becomes_the_new_key_and_approves_the_next_sign_in(
    walk_to_the_end: Walk,
    page: Page,
    open_browser: Callable[..., Page],
    clock,
    live_server,
):
    clock.set(the_real_time())  # the app reads the clock of its phone
    page.goto("/recover/status/")
    to_the_key(page, walk_to_the_end)
    ada = Person(walk_to_the_end.case.subject, NEW_PASSWORD, "")
    app = KeyApp(open_browser(Look(400)))
    app.page.goto("/key/")
    app.begin()
    app.page.get_by_label("Code from the other screen").fill(code_on(page))
    app.page.get_by_label("Name of this phone").fill("New Pixel")
    app.page.get_by_role("button", name="Continue").click()
    app.screen("match")
    expect(page.locator(".match-number [aria-hidden]")).to_have_text(
        app.page.locator("[data-slot=number]").inner_text()
    )

    page.locator(f"form[action='{KEY}match/'] button").click()
    app.screen("paired")
    clock.set(the_real_time())
    page.locator("#id_code").fill(app.page.locator(".big-number [data-slot=code]").inner_text().replace(" ", ""))
    page.locator(f"form[action='{KEY}'] button").click()

    expect(page.locator("[data-state=hold]")).to_be_visible()
    app.codes()
    clock.set(the_real_time())
    approve(app, asked(page, app, ada))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@pytest.mark.promise("CASE-6")
def test_every_step_is_without_a_barrier_and_moves_on_by_itself(walk_to_the_end: Walk, page: Page, live_server):
    page.goto("/recover/status/")
    to_the_key(page, walk_to_the_end)
    assert_accessible(page)
    phone = Phone(name="Ada's Pixel", address=live_server.url)

    phone.pair(code_on(page).replace("-", ""))

    expect(page.locator(".match-number [aria-hidden]")).to_have_text(phone.number)
    assert_accessible(page)
    page.locator(f"form[action='{KEY}match/'] button").click()
    phone.confirm()
    assert_accessible(page)
    page.locator("main a[href='/recover/finish/new/']").click()
    assert_accessible(page)
    page.go_back()
    page.locator("#id_code").fill(phone.code())
    page.locator(f"form[action='{KEY}'] button").click()
    expect(page.locator("[data-state=hold]")).to_be_visible()


@pytest.mark.promise("CASE-6")
def test_the_phone_becomes_the_new_key_without_script(walk_to_the_end: Walk, page_without_script: Page, live_server):
    page = page_without_script
    page.goto("/recover/status/")
    to_the_key(page, walk_to_the_end)
    phone = Phone(name="Ada's Pixel", address=live_server.url)
    phone.pair(code_on(page).replace("-", ""))

    page.locator(f"main a.button[href='{KEY}']").click()
    expect(page.locator(".match-number [aria-hidden]")).to_have_text(phone.number)
    page.locator(f"form[action='{KEY}match/'] button").click()
    phone.confirm()
    page.locator("#id_code").fill(phone.code())
    page.locator(f"form[action='{KEY}'] button").click()

    expect(page.locator("[data-state=hold]")).to_be_visible()
