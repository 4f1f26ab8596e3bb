"""One account: what it is worth, what happened on it, who may act on it, and nothing of anybody else's (HOME-1)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import ActivityKind, MandateRole, Role
from accounts.models import AccountActivity, AccountValue, Mandate, TradingAccount
from portal.lib import sparkline
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(ada: Person, clock: Clock) -> TradingAccount:
    made = ada.user.mandates.get().account
    facts = [
        (ActivityKind.ORDER, {"instrument": "ACME", "quantity": "10", "amount": "-1210.40", "reference": "T-1"}),
        (ActivityKind.DEPOSIT, {"amount": "5000.00"}),
        (ActivityKind.DIVIDEND, {"instrument": "BETA", "amount": "31.20"}),
    ]
    for days, (kind, more) in enumerate(facts):
        AccountActivity.objects.create(account=made, at=clock.now - timedelta(days=days), kind=kind, **more)
    return made


def page_of(number: str) -> str:
    return f"/accounts/{number}/"


def test_the_start_page_leads_to_each_account(ada: Person, account: TradingAccount):
    page = factories.signed_in(ada).get("/").content.decode()

    assert f'href="{page_of(account.number)}"' in page


@pytest.mark.parametrize(("chosen", "zone", "hours"), [("", "New York time", -5), ("Asia/Tokyo", "Tokyo time", 9)])
def test_the_zone_of_all_times_is_said_once(
    ada: Person, account: TradingAccount, clock: Clock, chosen: str, zone: str, hours: int
):
    ada.user.customer.time_zone = chosen
    ada.user.customer.save()
    there = clock.now - timedelta(days=1) + timedelta(hours=hours)

    table = (
        factories.signed_in(ada)
        .get(page_of(account.number))
        .content.decode()
        .partition("<table")[2]
        .partition("</table>")[0]
    )

    assert table.count(zone) == 1
    assert f"{there.day} {there:%B, %H:%M}</time>" in table


def test_an_account_shows_its_balances_what_happened_and_who_may_act(ada: Person, account: TradingAccount):
    ben = factories.customer("ben", given_name="Ben", family_name="Advice")
    Mandate.objects.create(user=ben.user, account=account, role=MandateRole.ADVISER)

    page = factories.signed_in(ada).get(page_of(account.number)).content.decode()

    assert problems(page) == []
    for text in (
        "182,340.55",
        "12,040.10",
        "Order: 10 ACME",
        "\N{MINUS SIGN}1,210.40",
        "Dividend: BETA",
        "T-1",
        "Ben Advice",
    ):
        assert text in page, text
    assert "ben</" not in page  # nobody reads somebody else's username


@pytest.mark.parametrize("path", ["", "activity/file/"])
def test_nobody_sees_an_account_they_may_not_act_on(ada: Person, account: TradingAccount, clock: Clock, path: str):
    ben = factories.signed_in(factories.customer("ben"))

    theirs, nobodys = ben.get(page_of(account.number) + path), ben.get(page_of("U-NONE") + path)

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert account.number not in theirs.content.decode().replace(page_of(account.number), "")


def test_strangers_are_asked_to_sign_in_and_staff_have_no_accounts(account: TradingAccount, clock: Clock):
    assert Client().get(page_of(account.number))["Location"].startswith("/login/")
    for role in Role:
        assert factories.signed_in(factories.staff(f"s-{role}", role)).get(page_of(account.number)).status_code == 404


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        ("", ["Order", "Deposit", "Dividend"]),
        ("orders", ["Order"]),
        ("money", ["Deposit"]),
        ("dividends", ["Dividend"]),
        ("<b>", ["Order", "Deposit", "Dividend"]),
    ],
)
def test_activity_is_filtered_on_the_page_and_in_the_file(ada: Person, account: TradingAccount, only: str, shown: list):
    client = factories.signed_in(ada)

    page = client.get(page_of(account.number), {"only": only})
    file = client.get(page_of(account.number) + "activity/file/", {"only": only})

    assert [words.partition(":")[0] for _row, words, _amount, _is_gain in page.context["lines"]] == shown
    lines = file.content.decode().splitlines()
    assert [line.split(",")[1].strip('"') for line in lines[1:]] == shown
    assert file["Content-Disposition"] == 'attachment; filename="account-activity.csv"'


def test_an_amount_is_a_number_in_the_file_and_a_formula_is_text(ada: Person, account: TradingAccount, clock: Clock):
    AccountActivity.objects.create(account=account, at=clock.now, kind=ActivityKind.ORDER, instrument="=1+1")

    file = factories.signed_in(ada).get(page_of(account.number) + "activity/file/").content.decode()

    assert '"-1210.40"' in file
    assert '"\'=1+1"' in file


def test_the_chart_is_there_once_the_books_have_days_of_it(ada: Person, account: TradingAccount, clock: Clock):
    client = factories.signed_in(ada)
    assert client.get(page_of(account.number)).context["chart"] is None
    days_and_values = [*((days, "182340.55") for days in range(6)), (40, "170000.00"), (200, "90000.00")]
    for days, value in days_and_values:
        day = clock.now.date() - timedelta(days=days)
        AccountValue.objects.create(account=account, day=day, net_value=value)

    assert client.get(page_of(account.number)).context["chart"].first.net_value == Decimal("170000.00")
    assert client.get(page_of(account.number), {"days": "365"}).context["chart"].first.net_value == Decimal("90000.00")
    assert client.get(page_of(account.number), {"days": "nonsense"}).context["days"] == "90"


def test_a_page_costs_the_same_with_a_thousand_entries(ada: Person, account: TradingAccount, clock: Clock):
    client, counts = factories.signed_in(ada), []
    for number in (0, 1000):
        AccountActivity.objects.bulk_create(
            AccountActivity(account=account, at=clock.now, kind=ActivityKind.DEPOSIT) for _ in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(account.number))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_number_with_a_slash_has_a_page(ada: Person, account: TradingAccount):
    TradingAccount.objects.update(number="U/10 0&1")
    client = factories.signed_in(ada)

    assert client.get("/").status_code == 200
    assert client.get("/accounts/U%2F10%200%261/").context["account"].number == "U/10 0&1"


def test_a_closed_account_says_so(ada: Person, account: TradingAccount, clock: Clock):
    TradingAccount.objects.update(closed_at=clock.now)

    assert "Closed on" in factories.signed_in(ada).get(page_of(account.number)).content.decode()


@pytest.mark.parametrize(
    ("values", "path"),
    [([], ""), ([1], ""), ([1, 1], "M0.0,5.0 10.0,5.0"), ([0, 10, 5], "M0.0,10.0 5.0,0.0 10.0,5.0")],
)
def test_the_line_of_a_chart_fills_its_room(values: list[int], path: str):
    assert sparkline.path([Decimal(value) for value in values], width=10, height=10) == path
