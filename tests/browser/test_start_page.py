"""The start page as people use it: two accounts, forty-two, a thousand; with and without script, forward and back."""

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import AccountActivity, Mandate, TradingAccount
from portal.lib import clock as portal_clock
from tests import factories
from tests.browser.fixtures import NARROW, Look, assert_accessible
from tests.factories import Person
from tests.portal.account_work import advise, values

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("HOME-1")]
WIDE = Look(1280)


@pytest.fixture
def enter(open_browser, live_server: object):
    """Open a browser in which somebody is signed in, on the start page."""

    def entered(person: Person, look: Look = WIDE, **options: bool) -> Page:
        page = open_browser(look, **options)
        cookie = factories.signed_in(person).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto("/")
        return page

    return entered


def adviser(accounts: int, clients: int) -> Person:
    made = factories.customer("grace")
    Mandate.objects.all().delete()
    advise(made, accounts, clients=clients)
    return made


def test_a_customer_with_two_accounts_sees_total_line_and_activity(enter) -> None:
    ada, now = factories.customer("ada"), portal_clock.now()
    second = factories.account(ada, "U-2")
    for account in (ada.user.mandates.first().account, second):
        values(account, now, range(30), 150_000)
    AccountActivity.objects.create(account=second, at=now - timedelta(days=1), kind="dividend", amount="31.20")

    page = enter(ada)

    expect(page.locator(".figure")).to_contain_text("364,681.10")
    expect(page.locator("svg.chart-low")).to_be_visible()
    expect(page.locator("#accounts a.row")).to_have_count(2)
    expect(page.get_by_text("+31.20 USD")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_an_adviser_with_42_accounts_finds_one_and_is_back_where_they_were(enter, javascript: bool) -> None:
    page = enter(adviser(42, 7), NARROW, javascript=javascript)
    page.get_by_role("link", name="Client 3").click()
    expect(page.locator("#accounts tbody tr")).to_have_count(6)
    page.get_by_role("link", name="Name 00010").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Name 00010")
    page.get_by_role("button", name="Work with this account").click()
    expect(page.locator(".chosen")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.locator("#accounts tbody tr")).to_have_count(6)

    page.get_by_label("Search 42 accounts").fill("client 6 00041")
    page.get_by_role("button", name="Show").click()

    expect(page.locator("#accounts tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Clear the search").click()
    expect(page.locator("#accounts .groups > li")).to_have_count(7)


def test_a_list_of_a_thousand_has_pages_and_no_barrier(enter) -> None:
    page = enter(adviser(1000, 90))
    expect(page.locator("#accounts .groups > li")).to_have_count(25)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 4")).to_be_visible()
    page.get_by_role("link", name="Client 50").click()
    expect(page.locator('#accounts [aria-expanded="true"]')).to_have_count(1)
    assert_accessible(page)

    page.get_by_label("Group by").select_option("none")
    page.get_by_label("Sort by").select_option("value")
    page.get_by_role("button", name="Show").click()

    expect(page.locator("#accounts tbody tr").first).to_contain_text("1,999.00")
    assert_accessible(page)


def test_an_account_opened_in_a_second_tab_and_switched_there_is_switched_here_too(enter) -> None:
    page = enter(adviser(42, 7))
    other = page.context.new_page()
    other.goto("/accounts/A-00010/")
    other.get_by_role("button", name="Work with this account").dblclick()
    expect(other.locator(".chosen")).to_be_visible()

    page.reload()

    expect(page.locator('#accounts [aria-expanded="true"]')).to_contain_text("Client 3")
    assert Mandate.objects.exclude(chosen_at=None).count() == 1
    assert TradingAccount.objects.get(mandates__chosen_at__isnull=False).number == "A-00010"
