"""What accounts were worth from day to day, where the firm's books say so: lines, their ends, and the change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum
from django.utils.formats import number_format

from accounts.models import AccountValue, Mandate, User
from portal.lib import money, sparkline

WIDTH, HEIGHT = 600, 160  # units of a drawing, which is stretched
_FEWEST_DAYS = 7  # fewer are no line
_MOST_LINES = 8  # accounts with a line of their own


class Point(NamedTuple):
    """A value at the end of a day, of so many accounts together."""

    day: date
    net_value: Decimal
    accounts: int = 1


@dataclass(frozen=True)
class Chart:
    """A line from day to day, as the paths of an SVG, and its ends in numbers."""

    line: str
    area: str
    first: Point
    last: Point
    box: str = f"0 0 {WIDTH} {HEIGHT}"


@dataclass(frozen=True)
class Change:
    """By how much a value changed since a day; ``share`` in percent, None of nothing."""

    since: date
    amount: Decimal
    share: Decimal | None

    @property
    def words(self) -> str:
        """Return the change in numbers: +1,204.10 (0.54%)."""
        share = "" if self.share is None else f" ({number_format(round(abs(self.share), 2), decimal_pos=2)}%)"
        return f"{money.signed(self.amount)}{share}"


@dataclass(frozen=True)
class Values:
    """The daily values of a list of accounts: of all together, and of each by its primary key where they are few.

    ``accounts``: how many open ones there are. The books may leave some out, always or for the first days.
    """

    together: Sequence[Point]
    each: Mapping[int, Sequence[Point]]
    accounts: int = 0

    @property
    def chart(self) -> Chart | None:
        """Return the chart of all together; None where there are too few days, or an account is never among them."""
        return chart_of(self.together) if self._is_whole(self.together[-1:]) else None

    def line_of(self, account_id: int) -> Chart | None:
        """Return the small line of one account."""
        return chart_of(self.each.get(account_id, ()))

    def change_to(self, net_value: Decimal, *, today: date) -> Change | None:
        """Return the change of all together from the last day before today to a value; None where one is missing."""
        before = next((point for point in reversed(self.together) if point.day < today), None)
        if before is None or not self._is_whole([before]):
            return None
        amount = net_value - before.net_value
        return Change(before.day, amount, amount * 100 / before.net_value if before.net_value else None)

    def _is_whole(self, points: Sequence[Point]) -> bool:
        """Tell whether these are values of every account: else an account that is missing would look like a gain."""
        return all(point.accounts >= self.accounts for point in points)


NO_VALUES = Values((), {})


def chart_of(points: Sequence[Point]) -> Chart | None:
    """Return the chart of these values; None where there are too few."""
    if len(points) < _FEWEST_DAYS:
        return None
    line = sparkline.path([point.net_value for point in points], width=WIDTH, height=HEIGHT)
    return Chart(line, f"{line} L{WIDTH},{HEIGHT} L0,{HEIGHT}z", points[0], points[-1])


def of_account(account_id: int, *, days: int, now: datetime) -> Sequence[Point]:
    """Return the values of one account."""
    values = _since(AccountValue.objects.filter(account=account_id), days, now)
    return [Point(day, value) for day, value in values.values_list("day", "net_value")]


def of_user(user: User, *, accounts: int, days: int, now: datetime) -> Values:
    """Return the values of a user's open accounts, which are so many and of one currency. One statement."""
    mandates = Mandate.objects.filter(user=user, account__closed_at=None)
    values = _since(AccountValue.objects.filter(account__in=mandates.values("account")), days, now)
    if accounts > _MOST_LINES:
        counted = values.values("day").annotate(total=Sum("net_value"), accounts=Count("pk"))
        return Values(_whole((row["day"], row["total"], row["accounts"]) for row in counted), {}, accounts)
    each: dict[int, list[Point]] = defaultdict(list)
    by_day: dict[date, list[Decimal]] = defaultdict(list)
    for account_id, day, net_value in values.values_list("account_id", "day", "net_value"):
        each[account_id].append(Point(day, net_value))
        by_day[day].append(net_value)
    return Values(_whole((day, sum(listed, Decimal(0)), len(listed)) for day, listed in by_day.items()), each, accounts)


def _since(values: "QuerySet[AccountValue]", days: int, now: datetime) -> "QuerySet[AccountValue]":
    return values.filter(day__gte=(now - timedelta(days=days)).date()).order_by("day")


def _whole(days: Iterable[tuple[date, Decimal, int]]) -> list[Point]:
    """Return the days on which no account is missing that had a value before: half a sum would look like a loss."""
    points, most = [], 0
    for day, net_value, accounts in days:
        if accounts >= most:
            points.append(Point(day, net_value, accounts))
            most = accounts
    return points
