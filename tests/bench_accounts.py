"""What pages of accounts cost an adviser with a thousand, beside a customer with two: a section of ``make bench``."""

import statistics
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench import Desk, Visitor
    from tests.factories import Person

ACCOUNTS = 1_000
ENTRIES = 100_000
DAYS = 90
ROUNDS = 40
_LIMIT_MS = 60


def section(desk: "Desk") -> None:
    """Read the start page and the page of the fullest account, as both of them."""
    from django.db import connection

    from tests import factories

    few, many = factories.customer("bench-few"), factories.customer("bench-many")
    _fill(few, accounts=2, entries=10)
    fullest = _fill(many, accounts=ACCOUNTS, entries=ENTRIES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    small, large = _signed_in(desk, few), _signed_in(desk, many)
    for words, path in (
        ("start page", "/"),
        ("one group", "/?by=client&in=Client+7"),
        ("search", "/?q=name+00077"),
        ("no groups, by value", "/?by=none&sort=value&page=20"),
    ):
        base, asked = _median(small, "/"), _median(large, path)
        print(f"  {words:32} {asked:6.1f} ms, {asked / base:4.1f} x that of two accounts   (limit {_LIMIT_MS} ms)")
    for words, query in (("account page", ""), ("only dividends", "?only=dividends"), ("page 2,000", "?page=2000")):
        asked = _median(large, f"/accounts/{fullest}/{query}")
        print(f"  {words:32} {asked:6.1f} ms   (limit {_LIMIT_MS} ms)")


def _fill(person: "Person", *, accounts: int, entries: int) -> str:
    """Give somebody accounts, of which the first has half of the entries; return its number."""
    from accounts.enums import MandateRole
    from accounts.models import AccountActivity, AccountValue, Mandate, TradingAccount
    from portal.lib import clock

    now, name = clock.now(), person.user.username
    made = TradingAccount.objects.bulk_create(
        TradingAccount(number=f"{name}-{n:05}", net_value=1000 + n, cash=n) for n in range(accounts)
    )
    Mandate.objects.bulk_create(
        Mandate(
            user=person.user,
            account=one,
            role=MandateRole.ADVISER,
            label=f"Name {n:05}",
            client=f"Client {n // 7}",
        )
        for n, one in enumerate(made)
    )
    for one in made:
        AccountValue.objects.bulk_create(
            AccountValue(account=one, day=(now - timedelta(days=day)).date(), net_value=Decimal(1000 + day))
            for day in range(DAYS)
        )
    kinds = ("order", "order", "deposit", "dividend")
    AccountActivity.objects.bulk_create(
        (
            AccountActivity(
                account=made[0 if n % 2 else n % len(made)],
                at=now - timedelta(minutes=n),
                kind=kinds[n % len(kinds)],
                amount=n,
            )
            for n in range(entries)
        ),
        batch_size=5_000,
    )
    return made[0].number


def _signed_in(desk: "Desk", person: "Person") -> "Visitor":
    from tests.bench import Visitor, sign_in

    visitor = Visitor(desk.application)
    list(sign_in(visitor, person.user.username, person.password, person.code))
    return visitor


def _median(visitor: "Visitor", path: str) -> float:
    """Return the median milliseconds of CPU of a page, the database's included."""
    from tests.bench import timed

    assert visitor.get(path)[0] == 200, path
    return statistics.median(timed(lambda: visitor.get(path), ROUNDS)) * 1000
