"""Accounts for the tests: an adviser's, and what accounts were worth from day to day."""

from datetime import datetime, timedelta

from accounts.enums import MandateRole
from accounts.models import AccountValue, Mandate, TradingAccount
from tests.factories import Person


def advise(person: Person, accounts: int, *, clients: int = 7, **facts: object) -> list[TradingAccount]:
    """Give somebody accounts of clients, with names, values and clients of their own."""
    start = TradingAccount.objects.filter(number__startswith="A-").count()
    numbers = [f"A-{start + n:05}" for n in range(accounts)]
    made = TradingAccount.objects.bulk_create(
        TradingAccount(number=number, **({"net_value": 1000 + n, "cash": n} | facts))
        for n, number in enumerate(numbers)
    )
    Mandate.objects.bulk_create(
        Mandate(
            user=person.user,
            account=one,
            role=MandateRole.ADVISER,
            label=f"Name {n:05}",
            client=f"Client {n % clients}",
        )
        for n, one in enumerate(made)
    )
    return made


def values(account: TradingAccount, now: datetime, days: range, value: int) -> None:
    """Give an account a value on each of these days before now."""
    today = now.date()
    AccountValue.objects.bulk_create(
        AccountValue(account=account, day=today - timedelta(days=n), net_value=value + n) for n in days
    )
