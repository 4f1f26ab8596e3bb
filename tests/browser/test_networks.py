"""Networks in a browser, on the narrowest screen: choose, check, save, ask, and be refused (NET-1, NET-2)."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import NetworkRequest
from tests import factories
from tests.accounts.network_work import HOME, limit, listed
from tests.browser.fixtures import NARROW, assert_accessible
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "127.0.0.1"


@pytest.fixture
def ada(live_server: object) -> Person:
    """A customer with a Key."""
    return factories.customer("ada")


@pytest.fixture
def page(ada: Person, open_browser: Callable[..., Page], live_server: object) -> Page:
    """A narrow browser in which Ada is signed in, on the page of networks; without script."""
    page = open_browser(NARROW, javascript=False)
    cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/security/networks/")
    return page


@pytest.mark.promise("NET-2")
def test_networks_are_chosen_checked_saved_and_widened_by_request(ada: Person, page: Page) -> None:
    page.click("main .button")
    page.fill("textarea", HOME)
    page.click("main .button")
    expect(page.locator("[data-cause=I5]").first).to_be_visible()
    page.fill("textarea", f"{HERE}\n10.0.0.0/8")
    page.click("main .button")
    expect(page.locator("[data-total]")).to_be_visible()
    page.click("main button[name=save]")
    expect(page.locator("[data-networks='2']")).to_be_visible()
    assert listed(ada) == ["10.0.0.0/8", "127.0.0.1/32"]

    page.click("main .button >> nth=0")
    page.fill("textarea", f"{HERE}\n{HOME}")
    page.click("main .button >> nth=0")
    expect(page.locator("[data-cause=I6]").first).to_be_visible()
    page.click("form[action='/security/networks/support/'] button")
    expect(page.locator("[data-request]")).to_be_visible()
    assert NetworkRequest.objects.get().wanted == ["127.0.0.1/32", "203.0.113.7/32"]


@pytest.mark.promise("NET-1")
def test_an_open_page_from_elsewhere_is_answered_with_the_own_address(
    ada: Person, page: Page, live_server: object
) -> None:
    limit(ada)

    page.goto(f"{live_server.url}/security/networks/change/")

    expect(page.locator("[data-cause=I1]")).to_contain_text(HERE)
    assert HOME not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW.width


def test_no_page_of_networks_bars_anybody(ada: Person, open_browser: Callable[..., Page], live_server: object) -> None:
    page = open_browser(NARROW)
    cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    for path in ("", "change/", "support/"):
        page.goto(f"{live_server.url}/security/networks/{path}")
        assert_accessible(page)
    page.goto(f"{live_server.url}/security/networks/change/")
    page.fill("textarea", HERE)
    page.click("main .button")
    expect(page.locator("[data-total]")).to_be_visible()
    assert_accessible(page)
    page.click("main button[name=save]")
    expect(page.locator("[data-networks='1']")).to_be_visible()
    assert_accessible(page)
