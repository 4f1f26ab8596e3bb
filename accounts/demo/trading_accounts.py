"""The trading accounts of the cast: who may act on them, what they were worth, what happened on them."""

import math
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.demo.cast import Login, Person, moment
from accounts.models import AccountActivity, AccountValue, Mandate, TradingAccount, User

_STALE = timedelta(days=1)
_DAYS_OF_VALUES = 90
_WEEKDAYS = 5


def put_accounts(user: User, login: Login, *, now: datetime) -> None:
    """Make these the accounts of a user, with a value for each working day of the last months."""
    wanted = login.all_accounts()
    Mandate.objects.filter(user=user).exclude(account__number__in=[item.number for item in wanted]).delete()
    for item in wanted:
        facts = {name: getattr(item, name) for name in ("kind", "currency", "net_value", "cash")}
        facts |= {"realm": login.realm, "closed_at": None}
        account, _is_new = TradingAccount.objects.update_or_create(
            number=item.number, defaults=facts, create_defaults=facts | {"balances_at": now}
        )
        mine = {"role": item.role, "label": item.label, "client": item.client}
        Mandate.objects.update_or_create(user=user, account=account, defaults=mine)
        AccountValue.objects.bulk_create(_values(account, Decimal(item.net_value), now=now), ignore_conflicts=True)


def put_activity(person: Person, *, now: datetime) -> None:
    """Write the rows in the order of the file; a row that is a day off is moved, so that "-2d" stays recent."""
    numbers = {item.account for item in person.activity}
    accounts = {account.number: account for account in TradingAccount.objects.filter(number__in=numbers)}
    rows = {number: iter(account.activity.order_by("pk")) for number, account in accounts.items()}
    for item in person.activity:
        at = moment(item.at, now=now)
        row = next(rows[item.account], None) or AccountActivity(account=accounts[item.account], at=at)
        row.at = at if abs(row.at - at) > _STALE else row.at
        for name in ("kind", "own", "instrument", "quantity", "amount", "currency"):
            setattr(row, name, getattr(item, name))
        row.save()


def _values(account: TradingAccount, today: Decimal, *, now: datetime) -> Iterator[AccountValue]:
    """Yield made-up values that lead to today's: a slow rise with waves, which begin elsewhere in each account."""
    start = zlib.crc32(account.number.encode()) % 100
    for days in range(_DAYS_OF_VALUES):
        day = (now - timedelta(days=days)).date()
        wave = math.sin((start + days) / 6) - math.sin(start / 6) + math.sin((start + days) * 1.7) / 4
        share = Decimal(f"{1 + 0.012 * wave - 0.0008 * days:.4f}") if days else Decimal(1)
        if day.isoweekday() <= _WEEKDAYS or not days:
            yield AccountValue(account=account, day=day, net_value=round(today * share, 2))
