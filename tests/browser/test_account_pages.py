"""The page of an account on a narrow screen: no barrier, and its list without script."""

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import AccountActivity, AccountValue
from portal.lib import clock as portal_clock
from tests import factories
from tests.browser.fixtures import NARROW, assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enter(open_browser, live_server: object):
    """Open a browser in which Ada is signed in, with a year of values and two pages of activity."""
    ada = factories.customer("ada")
    account, now = ada.user.mandates.get().account, portal_clock.now()
    AccountValue.objects.bulk_create(
        AccountValue(account=account, day=now.date() - timedelta(days=days), net_value=180_000 + days * 7)
        for days in range(0, 360, 9)
    )
    AccountActivity.objects.bulk_create(
        AccountActivity(account=account, at=now - timedelta(days=days), kind="deposit", amount=days)
        for days in range(40)
    )

    def entered(**options: bool) -> Page:
        page = open_browser(NARROW, **options)
        cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto("/")
        page.locator("#accounts a.row").click()
        return page

    return entered


@pytest.mark.promise("HOME-1")
def test_the_page_of_an_account_has_no_barrier(enter) -> None:
    page = enter()
    expect(page.locator("svg.chart")).to_be_visible()

    assert_accessible(page)


def test_filters_pages_and_periods_work_without_script(enter) -> None:
    page = enter(javascript=False)
    page.get_by_role("link", name="1 year").click()
    expect(page.locator(".chips [aria-current]").first).to_have_text("1 year")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("table.lines tbody tr")).to_have_count(10)
    expect(page.locator(".chips [aria-current]").first).to_have_text("1 year")

    page.get_by_role("link", name="Dividends").click()

    expect(page.locator("table.lines")).to_have_count(0)
