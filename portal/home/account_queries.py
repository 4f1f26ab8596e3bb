"""The accounts a user may act on: read for their pages, and nothing of anybody else's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.enums import ActivityKind, MandateRole
from accounts.models import AccountActivity, Mandate, TradingAccount, User
from portal.home import value_charts
from portal.lib import money

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_MONEY = (ActivityKind.DEPOSIT, ActivityKind.WITHDRAWAL, ActivityKind.TRANSFER)
_ICONS = {ActivityKind.ORDER: "chart", ActivityKind.DIVIDEND: "coins"}
# The filters of an account's activity, by the name in its address.
FILTERS: dict[str, tuple["StrOrPromise", Q]] = {
    "": (_("All"), Q()),
    "orders": (_("Orders"), Q(kind=ActivityKind.ORDER)),
    "money": (_("Money in and out"), Q(kind__in=_MONEY)),
    "dividends": (_("Dividends"), Q(kind=ActivityKind.DIVIDEND)),
}
PERIODS: dict[str, "StrOrPromise"] = {"30": _("30 days"), "90": _("90 days"), "365": _("1 year")}
_PERIOD = "90"


@dataclass(frozen=True)
class Actor:
    """Somebody who may act on an account."""

    name: str
    role: str
    is_you: bool


def mandate_of(user: User, number: str) -> Mandate | None:
    """Return how this user may act on the account of that number; None if they may not, or there is none."""
    return Mandate.objects.select_related("account").filter(user=user, account__number=number).first()


def activity_of(account: TradingAccount, only: str) -> QuerySet[AccountActivity]:
    """Return what happened on an account, newest first; ``only``: a name of ``FILTERS``, others count as none."""
    return AccountActivity.objects.filter(FILTERS.get(only, FILTERS[""])[1], account=account).order_by("-at", "-pk")


def rows_of(account: TradingAccount, pks: Iterable[int]) -> list[AccountActivity]:
    """Return these entries, newest first. A page is cut from the index alone, so that a late one costs no more."""
    return list(AccountActivity.objects.filter(account=account, pk__in=list(pks)).order_by("-at", "-pk"))


def words_of(row: AccountActivity) -> str:
    """Return what happened in words: "Order: 10 ACME", "Dividend: BETA", "Deposit"."""
    quantity = number_format(row.quantity.normalize(), force_grouping=True) if row.quantity else ""
    what = " ".join(filter(None, (quantity, row.instrument)))
    return f"{row.get_kind_display()}: {what}" if what else row.get_kind_display()


def icon_of(row: AccountActivity) -> str:
    """Return the icon of an entry."""
    return _ICONS.get(ActivityKind(row.kind), "swap")


def amount_of(row: AccountActivity) -> str:
    """Return the amount of an entry, or an empty text: what came in has a plus, what went out a minus.

    Books write withdrawals and orders with or without a sign; of orders and transfers only a minus is sure.
    """
    if row.amount is None:
        return ""
    if row.kind == ActivityKind.WITHDRAWAL:
        return f"{money.signed(-abs(row.amount))} {row.currency}"
    plain = row.amount >= 0 and not is_gain(row)
    return f"{money.plain(row.amount) if plain else money.signed(row.amount)} {row.currency}"


def is_gain(row: AccountActivity) -> bool:
    """Tell whether an entry brought money in."""
    return row.kind in (ActivityKind.DEPOSIT, ActivityKind.DIVIDEND) and row.amount is not None and row.amount > 0


def period_of(given: str) -> str:
    """Return the period that was asked for, the usual one where it is unknown."""
    return given if given in PERIODS else _PERIOD


def chart_of(account: TradingAccount, period: str, *, now: datetime) -> value_charts.Chart | None:
    """Return the chart of an account over a period; None where the books have too few days of it."""
    return value_charts.chart_of(value_charts.of_account(account.pk, days=int(period_of(period)), now=now))


def latest_of(user: User, *, most: int) -> list[AccountActivity]:
    """Return the newest entries of all accounts of a user, the newest first. Two statements.

    They are on the accounts whose own newest entries are the newest: each is found by the index, however many
    entries there are.
    """
    entries = AccountActivity.objects.order_by("-at", "-pk")
    newest = entries.filter(account=OuterRef("pk")).values("at")[:1]
    mine = Mandate.objects.filter(user=user).values("account")
    accounts = TradingAccount.objects.filter(pk__in=mine).annotate(newest=Subquery(newest))
    recent = accounts.filter(newest__isnull=False).order_by("-newest", "pk").values_list("pk", flat=True)[:most]
    of_each = [Q(pk__in=entries.filter(account=pk).values("pk")[:most]) for pk in recent]
    return list(entries.filter(reduce(or_, of_each))[:most]) if of_each else []


def actors_on(account: TradingAccount, user: User) -> Sequence[Actor]:
    """Return who may act on an account, owners first. One statement."""
    mandates = Mandate.objects.filter(account=account, user__closed_at=None).select_related("user__customer")
    in_order = sorted(mandates, key=lambda mandate: (mandate.role != MandateRole.OWNER, mandate.pk))
    return [Actor(_name_of(one.user), one.get_role_display(), one.user_id == user.pk) for one in in_order]


def _name_of(user: User) -> str:
    return f"{user.customer.given_name} {user.customer.family_name}" if user.customer else ""
