"""What the start page says: accounts, what happened on them, the last sign-in, messages, the firm's own tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.utils import timezone

from accounts.enums import Action, Realm
from accounts.models import SignInAddress, User
from portal.audit.models import SecurityEvent
from portal.audit.record import chain_of
from portal.home import account_list, account_queries, value_charts
from portal.home.account_list import Entry, ListOptions
from portal.lib import geolocation
from portal.outbox import history

PER_PAGE = 25
FEW_ACCOUNTS = 8  # up to here all stand on the page, and need no search
_DAYS_OF_CHART = 30
_LATEST = 5
_MESSAGES = 3
_ACCOUNT = "{account}"  # in the address of a tool: the number of the account


@dataclass(frozen=True)
class SignIn:
    """A sign-in: ``n`` is its place in the record, ``device`` and ``place`` in words, empty once they are deleted."""

    n: int
    at: datetime
    device: str
    place: str


@dataclass(frozen=True)
class AccountsPart:
    """The accounts as the page shows them: a page of groups, of which one may be open, or a page of accounts."""

    all: Sequence[Entry]
    options: ListOptions
    page: Page[Any]
    rows: Page[Any] | None = None  # of the open group

    @property
    def is_short(self) -> bool:
        """Tell whether all accounts stand on the page."""
        return len(self.all) <= FEW_ACCOUNTS

    @property
    def clients(self) -> int:
        """Return for how many clients they are."""
        return len({entry.client for entry in self.all if entry.client})

    @property
    def as_of(self) -> datetime | None:
        """Return the oldest moment of which a balance is; None if the books say none."""
        moments = [entry.balances_at for entry in self.all if entry.balances_at and not entry.closed_at]
        return min(moments, default=None)

    @property
    def query(self) -> str:
        """Return the query that asks for the same again, without its page and without the open group."""
        return urlencode({"q": self.options.words, "by": self.options.by, "sort": self.options.sort})

    @property
    def within(self) -> str:
        """Return the part of a query that keeps the open group open."""
        return urlencode({"in": self.options.opened or ""})


def facts_of(user: User, query: dict[str, str], *, own: int | None, now: datetime) -> dict[str, Any]:
    """Return what the start page says. Eight statements, however many accounts there are.

    ``query``: of its address; ``own``: the place in the record of the sign-in by which it is read.
    """
    entries = account_list.entries_of(user)
    chosen = account_list.chosen_of(entries)
    part = accounts_part(entries, ListOptions.read(query, entries), query.get("page"))
    return {
        "part": part,
        "groupings": account_list.GROUPINGS.items(),
        "sortings": account_list.SORTINGS.items(),
        "latest": latest_activity(user, entries),
        "previous": last_sign_in(user, own),
        "chosen": chosen,
        "tools": tools(chosen.number if chosen else None),
        "must_choose": bool(entries) and len(tools("-")) > len(tools(None)) and chosen is None,
        **values_of(user, part, now=now),
        **messages_and_other_realm(user),
    }


def accounts_part(entries: Sequence[Entry], options: ListOptions, page: str | None) -> AccountsPart:
    """Return what these options show of the accounts. ``page``: of the open group if there is one."""
    listed = account_list.in_order(account_list.found(entries, options.words), options.sort)
    if len(entries) <= FEW_ACCOUNTS or not options.is_grouped:
        return AccountsPart(entries, options, Paginator(listed, PER_PAGE).get_page(page))
    groups = account_list.grouped(listed, options.by, options.sort)
    at = next((n for n, group in enumerate(groups) if group.key == options.opened), None)
    if at is None:
        return AccountsPart(entries, options, Paginator(groups, PER_PAGE).get_page(page))
    around = Paginator(groups, PER_PAGE).page(at // PER_PAGE + 1)
    return AccountsPart(entries, options, around, Paginator(groups[at].entries, PER_PAGE).get_page(page))


def values_of(user: User, part: AccountsPart, *, now: datetime) -> dict[str, Any]:
    """Return totals, and where all open accounts are of one currency their daily values and the change.

    ``lines``: where there are few accounts, each with its own line or None.
    """
    totals = account_list.totals_of(part.all)
    values, change = value_charts.NO_VALUES, None
    if len(totals) == 1:
        values = value_charts.of_user(user, accounts=totals[0].accounts, days=_DAYS_OF_CHART, now=now)
        change = values.change_to(totals[0].net_value, today=timezone.localdate(now))
    lines = [(entry, values.line_of(entry.account_id)) for entry in part.page.object_list] if part.is_short else []
    return {"totals": totals, "chart": values.chart, "change": change, "lines": lines}


def latest_activity(user: User, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the newest entries of all accounts, each in words and with its account. Two statements."""
    by_id = {entry.account_id: entry for entry in entries}
    return [
        {
            "row": row,
            "icon": account_queries.icon_of(row),
            "words": account_queries.words_of(row),
            "amount": account_queries.amount_of(row),
            "is_gain": account_queries.is_gain(row),
            "account": by_id[row.account_id],
        }
        for row in account_queries.latest_of(user, most=_LATEST)
        if row.account_id in by_id  # not one that came between two statements
    ]


def last_sign_in(user: User, own: int | None) -> SignIn | None:
    """Return the last sign-in but one's own, so also one that came later, elsewhere. Two statements."""
    sign_ins = SecurityEvent.objects.filter(chain=chain_of(user), action=Action.SIGNED_IN).order_by("-n")
    event = next(iter(sign_ins.exclude(n=own)[:1] if own else sign_ins[1:2]), None)
    if event is None:
        return None
    origin = SignInAddress.objects.filter(user=user, at=event.at).first()
    device, address = (origin.device, origin.address) if origin else ("", "")
    return SignIn(event.n, event.at, device, geolocation.of(address))


def messages_and_other_realm(user: User) -> dict[str, Any]:
    """Return the last messages to this customer, and the other realm if they have a username in it. Two statements."""
    log_ins = User.objects.filter(customer=user.customer_id, is_active=True).values_list("pk", "realm")
    others = {realm for _pk, realm in log_ins if realm != user.realm}
    mine = history.notices_of([pk for pk, realm in log_ins if realm == user.realm])
    return {
        "notices": [history.shown(notice) for notice in mine[:_MESSAGES]],
        "other_realm": Realm(others.pop()) if others else None,
    }


def tools(number: str | None) -> list[tuple[str, str]]:
    """Return the firm's own links, for an account of this number; without one, those that name no account."""
    return [
        (label, address.replace(_ACCOUNT, quote(number or "", safe="")))
        for label, address in settings.PORTAL_LINKS.items()
        if number is not None or _ACCOUNT not in address
    ]
