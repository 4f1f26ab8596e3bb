"""The start page: accounts with totals, groups and search, and nothing of anybody else's (HOME-1)."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Action, Realm
from accounts.models import AccountActivity, Mandate, SignInAddress, TradingAccount
from portal.audit.record import record
from tests import factories, notices
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.portal.account_work import advise, values

pytestmark = [pytest.mark.django_db, pytest.mark.promise("HOME-1")]


@pytest.fixture
def adviser(clock: Clock) -> Person:
    made = factories.customer("grace", given_name="Grace")
    Mandate.objects.all().delete()
    advise(made, 42)
    return made


def shown(client: Client, **query: str) -> dict:
    page = client.get("/", query)
    assert problems(page.content.decode()) == []
    return page.context


def names(rows: object) -> list[str]:
    return [entry.name for entry in rows]


def test_a_few_accounts_stand_there_with_their_total(ada: Person, clock: Clock):
    factories.account(ada, "U-2")
    page = factories.signed_in(ada).get("/").content.decode()

    for text in ("364,681.10", "Cash 24,080.20 USD", "Individual account", "U-2"):
        assert text in page, text
    assert 'role="search"' not in page


def test_totals_are_by_currency_and_without_what_is_closed(ada: Person, clock: Clock):
    advise(ada, 2, currency="EUR", net_value="10.00")
    advise(ada, 1, net_value="99.00", closed_at=clock.now)

    totals = shown(factories.signed_in(ada))["totals"]

    assert [(one.currency, one.net_value, one.accounts) for one in totals] == [
        ("EUR", Decimal("20.00"), 2),
        ("USD", Decimal("182340.55"), 1),
    ]


def test_an_advisers_list_is_grouped_by_client_with_subtotals(adviser: Person):
    part = shown(factories.signed_in(adviser))["part"]

    groups = list(part.page)
    assert [group.name for group in groups] == [f"Client {n}" for n in range(7)]
    assert groups[0].totals[0].net_value == sum(1000 + n for n in range(0, 42, 7))
    assert part.rows is None


def test_a_group_is_opened_by_its_address(adviser: Person):
    part = shown(factories.signed_in(adviser), **{"by": "client", "in": "Client 3", "sort": "value"})["part"]

    assert names(part.rows) == [f"Name {n:05}" for n in (38, 31, 24, 17, 10, 3)]


def test_groups_stand_in_the_order_that_was_asked_for(adviser: Person):
    client = factories.signed_in(adviser)

    assert [group.name for group in shown(client, by="client", sort="value")["part"].page] == [
        f"Client {n}" for n in (6, 5, 4, 3, 2, 1, 0)
    ]
    page = client.get("/", {"by": "client", "in": "Client 3", "sort": "name"}).content.decode()
    assert '<input type="hidden" name="in" value="Client 3">' in page, "another order keeps the group open"


def test_the_chosen_account_is_marked_and_named_beside_the_tools(adviser: Person, settings):
    settings.PORTAL_LINKS = {"Web trading": "https://trade.example/?account={account}"}
    client = factories.signed_in(adviser)
    assert shown(client)["must_choose"]
    client.post("/accounts/A-00010/choose/")

    page = client.get("/")

    assert not page.context["must_choose"]
    assert page.content.decode().count("badge-current") == 1
    assert 'You are working with <a href="/accounts/A-00010/">Name 00010</a>, A-00010.' in page.content.decode()


def test_the_group_of_the_chosen_account_is_open_at_first(adviser: Person):
    client = factories.signed_in(adviser)
    client.post("/accounts/A-00010/choose/")

    assert shown(client)["part"].options.opened == "Client 3"
    assert shown(client, by="kind")["part"].rows is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("name 00007", ["Name 00007"]),
        ("A-00007", ["Name 00007"]),
        ("CLIENT 6 00041", ["Name 00041"]),
        ("muller", ["Müller Söhne"]),
        ("MÜLLER sohne", ["Müller Söhne"]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_accounts_are_found_by_name_number_and_client(adviser: Person, words: str, found: list[str]):
    Mandate.objects.filter(account__number="A-00001").update(label="Müller Söhne")

    part = shown(factories.signed_in(adviser), q=words)["part"]

    assert names(part.page) == found


def test_a_search_looks_through_no_group_and_can_be_cleared(adviser: Person):
    page = factories.signed_in(adviser).get("/", {"q": "name", "by": "client", "page": "2"})

    assert len(page.context["part"].page.object_list) == 42 - 25
    assert "42 accounts match" in page.content.decode()


@pytest.mark.parametrize("query", [{"by": "x", "sort": "<b>"}, {"in": "nobody's"}, {"page": "-1"}, {"q": "x" * 5000}])
def test_what_is_unknown_in_an_address_is_not_asked_for(adviser: Person, query: dict[str, str]):
    assert factories.signed_in(adviser).get("/", query).status_code == 200


def test_a_group_of_many_has_pages_of_its_own(adviser: Person):
    advise(adviser, 60, clients=1)

    part = shown(factories.signed_in(adviser), **{"by": "client", "in": "Client 0", "page": "2"})["part"]

    assert part.rows.number == 2
    assert part.page.number == 1


def test_the_file_has_what_was_searched_for(adviser: Person):
    Mandate.objects.filter(account__number="A-00004").update(label="=1+1")
    answer = factories.signed_in(adviser).get("/accounts.csv", {"q": "0004", "sort": "value"})

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["Value"] for row in rows] == ["1041.00", "1040.00", "1004.00"]
    assert rows[-1]["Name"] == "'=1+1"


def test_nobody_sees_or_chooses_an_account_of_others(adviser: Person, ada: Person):
    client = factories.signed_in(ada)

    for path in (
        "/",
        "/?q=A-0000",
        "/?by=client&in=Client+1",
        "/accounts.csv",
        "/accounts.csv?q=name",
        "/accounts/A-00001/",
    ):
        page = client.get(path).content.decode()
        assert [text for text in ("A-00001", "Name 00001", "1,001.00", "1001.00") if text in page] == [], path
    assert client.get("/accounts/A-00001/").status_code == client.get("/accounts/U-NONE/").status_code == 404
    assert client.post("/accounts/A-00001/choose/").status_code == 404
    assert client.post("/accounts/U-NONE/choose/").status_code == 404
    assert not Mandate.objects.exclude(chosen_at=None).exists()


def test_what_happens_to_others_is_on_no_part_of_the_page(ada: Person, mallory: Person, clock: Clock):
    client = Client()
    for person, amount, theirs in ((ada, 1, client), (mallory, 7, Client())):
        account = person.user.mandates.get().account
        values(account, clock.now, range(1, 20), 1000)
        entries = [AccountActivity(account=account, at=clock.now, kind="deposit", amount=amount) for _ in range(amount)]
        AccountActivity.objects.bulk_create(entries)
        notices.email(person.user, now=clock.now)
        factories.sign_in(theirs, person)
    record(Action.SIGNED_IN, by=mallory.user, on=mallory.user, now=clock.now)

    context = shown(client)

    assert [row["amount"] for row in context["latest"]] == ["+1.00 USD"]
    assert context["chart"].last.net_value == 1001
    assert {one.notice.user_id for one in context["notices"]} == {ada.user.pk}
    assert (context["previous"], context["other_realm"]) == (None, None)


def test_a_sign_in_whose_address_is_deleted_has_a_time_and_nothing_of_others(
    ada: Person, mallory: Person, clock: Clock
):
    for person in (ada, mallory):
        factories.sign_in(Client(headers={"User-Agent": "Firefox/130.0"}), person)
    SignInAddress.objects.filter(user=ada.user).delete()
    clock.move(minutes=1)
    client = Client()
    factories.sign_in(client, ada)

    page = client.get("/")

    assert (page.context["previous"].device, page.context["previous"].place) == ("", "")
    assert ">Last sign-in: " in page.content.decode()
    assert "object at 0x" not in page.content.decode()


def test_the_chosen_account_is_remembered_and_the_tools_open_for_it(adviser: Person, settings):
    settings.PORTAL_LINKS = {"Trade": "https://trade.example/?a={account}", "Help": "/help/"}
    client = factories.signed_in(adviser)
    assert client.get("/").context["tools"] == [("Help", "/help/")]

    assert client.post("/accounts/A-00010/choose/")["Location"] == "/accounts/A-00010/"

    again = factories.signed_in(adviser)
    assert again.get("/").context["tools"] == [("Trade", "https://trade.example/?a=A-00010"), ("Help", "/help/")]
    assert again.get("/accounts/A-00011/").context["tools"][0][1] == "https://trade.example/?a=A-00011"
    assert "You are working with this account" in again.get("/accounts/A-00010/").content.decode()
    assert again.get("/accounts/A-00011/").context["switch_to"][0].number == "A-00010"


def test_the_number_of_an_account_cannot_change_where_a_tool_leads(ada: Person, settings):
    settings.PORTAL_LINKS = {"Trade": "https://trade.example/{account}/?x=1"}
    TradingAccount.objects.update(number="../?a=1&b#")

    tools = factories.signed_in(ada).get("/").context["tools"]

    assert tools == [("Trade", "https://trade.example/..%2F%3Fa%3D1%26b%23/?x=1")]


def test_reading_chooses_nothing(adviser: Person):
    factories.signed_in(adviser).get("/accounts/A-00010/")

    assert factories.signed_in(adviser).get("/accounts/A-00010/choose/").status_code == 405
    assert not Mandate.objects.exclude(chosen_at=None).exists()


def test_the_last_sign_in_says_when_where_and_by_which_device(ada: Person, clock: Clock):
    chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
    factories.sign_in(Client(headers={"User-Agent": chrome}), ada)
    clock.move(days=1)
    client = Client()
    factories.sign_in(client, ada)

    page = client.get("/")

    assert page.context["previous"].device == "Chrome on Windows"
    assert "yesterday" in page.content.decode()
    assert f"/activity/{page.context['previous'].n}/not-me/" in page.content.decode()


def test_somebody_who_signed_in_elsewhere_since_is_shown_and_not_ones_own_sign_in(ada: Person, clock: Clock):
    mine, theirs = Client(), Client(REMOTE_ADDR="198.51.100.7")
    factories.sign_in(mine, ada)
    assert mine.get("/").context["previous"] is None
    clock.move(minutes=5)
    factories.sign_in(theirs, ada)

    assert mine.get("/").context["previous"].at == clock.now
    assert theirs.get("/").context["previous"].at == clock.now - timedelta(minutes=5)


def test_who_has_a_username_in_the_other_realm_may_switch(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    assert shown(client)["other_realm"] is None
    paper = factories.customer("ada-paper", realm=Realm.PAPER)
    paper.user.customer = ada.user.customer
    paper.user.save()

    assert shown(client)["other_realm"] == Realm.PAPER
    assert client.post("/logout/", {"realm": "paper"})["Location"] == "/login/?ended=here&realm=paper"
    assert factories.signed_in(ada).post("/logout/", {"realm": "//evil"})["Location"] == "/login/?ended=here"


def test_the_latest_activity_is_that_of_all_accounts(adviser: Person, clock: Clock):
    for n, number in enumerate(("A-00003", "A-00001", "A-00002", "A-00001", "A-00004", "A-00005", "A-00006")):
        account = TradingAccount.objects.get(number=number)
        AccountActivity.objects.create(account=account, at=clock.now - timedelta(hours=n), kind="deposit", amount=n + 1)

    latest = shown(factories.signed_in(adviser))["latest"]

    assert [row["account"].number for row in latest] == ["A-00003", "A-00001", "A-00002", "A-00001", "A-00004"]
    assert latest[0]["amount"] == "+1.00 USD"


@pytest.mark.parametrize(
    ("kind", "amount", "words"),
    [
        ("withdrawal", "5", "\N{MINUS SIGN}5.00 USD"),
        ("withdrawal", "-5", "\N{MINUS SIGN}5.00 USD"),
        ("order", "1210.40", "1,210.40 USD"),
        ("order", "-1210.40", "\N{MINUS SIGN}1,210.40 USD"),
        ("dividend", "0", "0.00 USD"),
        ("transfer", None, ""),
    ],
)
def test_only_what_surely_came_in_has_a_plus(ada: Person, clock: Clock, kind: str, amount: str | None, words: str):
    AccountActivity.objects.create(account=TradingAccount.objects.get(), at=clock.now, kind=kind, amount=amount)

    assert shown(factories.signed_in(ada))["latest"][0]["amount"] == words


# --- Values from day to day ------------------------------------------------------------------------------


def test_a_day_on_which_an_account_is_missing_is_no_loss(ada: Person, clock: Clock):
    first, second = ada.user.mandates.get().account, factories.account(ada, "U-2")
    values(first, clock.now, range(1, 20), 1000)
    values(second, clock.now, range(1, 6), 500)  # opened later
    values(second, clock.now, range(7, 12), 500)  # and one day missing

    context = shown(factories.signed_in(ada))

    assert context["chart"].first.net_value == 1019
    assert context["chart"].last.net_value == 1502
    assert min(point for point in (context["chart"].first.net_value, context["chart"].last.net_value)) >= 1000
    assert context["change"].words.startswith("+")


@pytest.mark.parametrize("others", [1, 9])
def test_an_account_of_which_the_books_say_no_values_is_no_gain(ada: Person, clock: Clock, others: int):
    values(ada.user.mandates.get().account, clock.now, range(1, 20), 1000)
    silent = advise(ada, others, net_value="500.00")

    context = shown(factories.signed_in(ada))
    assert (context["chart"], context["change"]) == (None, None)

    for account in silent:
        values(account, clock.now, range(1, 3), 500)
    context = shown(factories.signed_in(ada))
    assert context["chart"].last.net_value == 1001 + others * 501
    assert context["change"].amount == context["totals"][0].net_value - context["chart"].last.net_value


def test_values_in_two_currencies_are_no_line(ada: Person, clock: Clock):
    values(ada.user.mandates.get().account, clock.now, range(20), 1000)
    advise(ada, 1, currency="EUR")

    assert shown(factories.signed_in(ada))["chart"] is None


def test_the_change_is_since_the_last_day_before_today(ada: Person, clock: Clock):
    account = ada.user.mandates.get().account
    TradingAccount.objects.update(net_value="1010.00")
    values(account, clock.now, range(2), 1000)  # 1000 today, 1001 yesterday

    assert shown(factories.signed_in(ada))["change"].words == "+9.00 (0.90%)"


# --- What it costs ---------------------------------------------------------------------------------------


def test_a_thousand_accounts_cost_as_many_statements_as_two(ada: Person, adviser: Person, clock: Clock):
    factories.account(ada, "U-2")
    values(ada.user.mandates.first().account, clock.now, range(20), 1000)
    advise(adviser, 958, clients=90)
    accounts = TradingAccount.objects.filter(mandates__user=adviser.user)
    AccountActivity.objects.bulk_create(
        AccountActivity(account=one, at=clock.now, kind="deposit", amount=1) for one in accounts for _ in range(3)
    )
    AccountActivity.objects.create(account=ada.user.mandates.first().account, at=clock.now, kind="deposit", amount=1)

    counts = []
    for person in (ada, adviser):
        client = factories.signed_in(person)
        with CaptureQueriesContext(connection) as statements:
            assert client.get("/").status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
