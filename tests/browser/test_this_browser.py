"""The owner on a new browser while strangers keep sign-in paused, and what we told her, in a browser."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.actions.sign_in import browser_admission
from portal.lib import clock
from portal.outbox import delivery
from portal.outbox.models import Notice
from tests import factories, notices
from tests.browser.fixtures import Look, assert_accessible
from tests.browser.key_app import PIN, KeyApp
from tests.factories import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("LOCK-5")]
LOOKS = [Look(320, "dark"), Look(1280)]


def pause(person: Person) -> None:
    for _ in range(5):
        factories.sign_in(Client(), person, password="wrong")


def try_to_sign_in(page: Page, person: Person) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(person.user.username)
    page.locator("input[name=password]").fill(person.password)
    page.get_by_role("button", name="Continue").click()


def ask(page: Page, person: Person) -> None:
    """Walk from the page of the pause to the one that waits for the code."""
    try_to_sign_in(page, person)
    expect(page.locator("[data-cause=L1]")).to_be_visible()
    assert_accessible(page)
    page.locator("main a[href='/login/this-browser/']").click()
    assert_accessible(page)
    page.get_by_label("Username").fill(person.user.username)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/login/this-browser/code/")


def signs_in(page: Page, person: Person) -> None:
    expect(page.locator("[data-admitted]")).to_be_attached()
    try_to_sign_in(page, person)
    page.locator("input[name=otp_token]").fill(person.code())
    page.get_by_role("button", name=re.compile("Sign in|Continue|Confirm")).first.click()
    page.wait_for_url("**/")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_code_from_the_mailbox_leads_past_the_pause(
    open_browser: Callable[..., Page], ada: Person, look: Look
) -> None:
    pause(ada)
    page = open_browser(look)
    ask(page, ada)
    assert_accessible(page)
    page.locator("input[name=code]").fill("2222-2222")
    page.get_by_role("button", name="Let this browser try").click()
    expect(page.locator("[data-cause=B1], [role=alert]").first).to_be_visible()

    browser_admission.send_codes(clock.now())
    page.locator("input[name=code]").fill(Notice.objects.get(kind="browser_code").facts["code"].lower())
    page.get_by_role("button", name="Let this browser try").click()

    signs_in(page, ada)


def test_the_key_lets_the_browser_try(open_browser: Callable[..., Page], ada: Person) -> None:
    phone = KeyApp(open_browser(Look(400))).pair(ada)
    pause(ada)
    page = open_browser(Look(1280))
    ask(page, ada)

    phone.tab("Accounts")
    phone.page.get_by_role("button", name="Let a browser try").click()
    phone.screen("browser")
    assert_accessible(phone.page)
    phone.page.locator("main input[name=number]").fill("123")
    phone.page.get_by_role("button", name="Let it try").click()
    expect(phone.page.locator("main [data-error]")).to_have_text(phone.word("browser-short"))
    phone.page.locator("main input[name=number]").fill(page.locator("[data-number]").inner_text())
    phone.page.get_by_role("button", name="Let it try").click()
    phone.page.get_by_role("dialog").get_by_label("PIN").fill(PIN)
    phone.screen("browserLet")
    expect(phone.page.locator("main [data-slot=let]")).to_contain_text("ada")
    page.get_by_role("button", name="I have typed it").click()

    expect(page.locator("[data-admitted]")).to_be_attached()


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.promise("SESS-4")
def test_a_notice_is_found_checked_and_reported(
    open_browser: Callable[..., Page], live_server: object, ada: Person, look: Look
) -> None:
    notices.email(ada.user, now=clock.now())
    delivery.deliver_due()
    page = open_browser(look)
    cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto("/security/")
    page.locator("main a[href='/notices/']").click()
    assert_accessible(page)
    page.locator("[data-notice=new_device] a").first.click()
    assert_accessible(page)
    reference = page.locator("main dd code").first.inner_text()
    page.goto("/notices/check/")
    page.get_by_label("Reference of the message").fill(reference)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-from-us=yes]")).to_be_visible()
    assert_accessible(page)

    page.goto(f"/notices/{reference}/")
    page.get_by_role("button", name="It was not me").click()

    expect(page.locator("[data-reported]")).to_be_visible()
    assert_accessible(page)
