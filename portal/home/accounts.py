"""The accounts a user may act on: read for their pages, and nothing of anybody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.enums import ActivityKind, MandateRole
from accounts.models import AccountActivity, AccountValue, Mandate, TradingAccount, User
from portal.lib import sparkline

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_MONEY = (ActivityKind.DEPOSIT, ActivityKind.WITHDRAWAL, ActivityKind.TRANSFER)
# The filters of an account's activity, by the name in its address.
FILTERS: dict[str, tuple["StrOrPromise", Q]] = {
    "": (_("All"), Q()),
    "orders": (_("Orders"), Q(kind=ActivityKind.ORDER)),
    "money": (_("Money in and out"), Q(kind__in=_MONEY)),
    "dividends": (_("Dividends"), Q(kind=ActivityKind.DIVIDEND)),
}
PERIODS: dict[str, "StrOrPromise"] = {"30": _("30 days"), "90": _("90 days"), "365": _("1 year")}
_PERIOD = "90"
CHART_WIDTH, CHART_HEIGHT = 600, 160  # units of the drawing, which is stretched


@dataclass(frozen=True)
class Chart:
    """What an account was worth from day to day: the drawing, and its ends in numbers."""

    line: str
    area: str
    first: AccountValue
    last: AccountValue
    box: str = f"0 0 {CHART_WIDTH} {CHART_HEIGHT}"


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


def words_of(row: AccountActivity) -> str:
    """Return what happened in words: "Order: 10 ACME", "Dividend: BETA", "Deposit"."""
    quantity = number_format(row.quantity.normalize(), force_grouping=True) if row.quantity else ""
    what = " ".join(filter(None, (quantity, row.instrument)))
    return f"{row.get_kind_display()}: {what}" if what else row.get_kind_display()


def period_of(given: str) -> str:
    """Return the period that was asked for, the usual one where it is unknown."""
    return given if given in PERIODS else _PERIOD


def chart_of(account: TradingAccount, period: str, *, now: datetime) -> Chart | None:
    """Return the chart of an account over a period; None where the books have fewer than two days of it."""
    since = (now - timedelta(days=int(period_of(period)))).date()
    values = list(AccountValue.objects.filter(account=account, day__gte=since).order_by("day"))
    line = sparkline.path([row.net_value for row in values], width=CHART_WIDTH, height=CHART_HEIGHT)
    if not line:
        return None
    area = f"{line} L{CHART_WIDTH},{CHART_HEIGHT} L0,{CHART_HEIGHT}z"
    return Chart(line, area, values[0], values[-1])


def actors_on(account: TradingAccount, user: User) -> Sequence[Actor]:
    """Return who may act on an account, owners first. One statement."""
    mandates = Mandate.objects.filter(account=account, user__closed_at=None).select_related("user__customer")
    in_order = sorted(mandates, key=lambda mandate: (mandate.role != MandateRole.OWNER, mandate.pk))
    return [Actor(_name_of(one.user), one.get_role_display(), one.user_id == user.pk) for one in in_order]


def _name_of(user: User) -> str:
    return f"{user.customer.given_name} {user.customer.family_name}" if user.customer else ""
