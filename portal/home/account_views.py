"""One account: balances, value, activity as a list and as a file, and who may act on it (HOME-1)."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.actions import chosen_account
from accounts.models import Mandate
from accounts.request_types import SignedInRequest
from accounts.views.guards import signed_in
from portal.home import account_list, account_queries, csv_files, start_page
from portal.home.account_list import ListOptions
from portal.lib import clock
from portal.lib.http_methods import require_POST

if TYPE_CHECKING:
    from decimal import Decimal

PER_PAGE = 30
_COLUMNS_OF_ACCOUNTS = [
    "Number",
    "Name",
    "Client",
    "Kind",
    "Role",
    "Value",
    "Cash",
    "Currency",
    "As of (UTC)",
    "Closed",
]
_COLUMNS = ["Time (UTC)", "Kind", "Instrument", "Quantity", "Amount", "Currency", "Reference"]


@require_safe
@signed_in
def account(request: SignedInRequest, number: str) -> HttpResponse:
    """See one account."""
    entries = account_list.entries_of(request.user)
    mandate, only = _mandate(request, number), _only(request)
    days = account_queries.period_of(request.GET.get("days", ""))
    found = account_queries.activity_of(mandate.account, only).values_list("pk", flat=True)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    facts: dict[str, Any] = {
        "now": clock.now(),
        "mandate": mandate,
        "account": mandate.account,
        "chart": account_queries.chart_of(mandate.account, days, now=clock.now()),
        "chosen": account_list.chosen_of(entries),
        "switch_to": account_list.recent(entries, but=number),
        "tools": start_page.tools(number),
        "actors": account_queries.actors_on(mandate.account, request.user),
        "page": page,
        "lines": [
            (row, account_queries.words_of(row), account_queries.amount_of(row), account_queries.is_gain(row))
            for row in account_queries.rows_of(mandate.account, page.object_list)
        ],
        "filters": [(name, label) for name, (label, _condition) in account_queries.FILTERS.items()],
        "periods": account_queries.PERIODS.items(),
        "only": only,
        "days": days,
        "query": f"&{urlencode({'only': only, 'days': days})}#activity",
    }
    return render(request, "portal/account.html", facts)


@require_safe
@signed_in
def activity_file(request: SignedInRequest, number: str) -> HttpResponse:
    """Get the activity of an account as a file, at most ten thousand lines."""
    mandate = _mandate(request, number)
    found = account_queries.activity_of(mandate.account, _only(request))[: csv_files.MOST_LINES]
    rows = [
        [
            f"{row.at:%Y-%m-%d %H:%M:%S}",
            row.get_kind_display(),
            row.instrument,
            row.quantity,
            row.amount,
            row.currency,
            row.reference or "",
        ]
        for row in found
    ]
    return csv_files.response("account-activity.csv", _COLUMNS, rows)


@require_POST
@signed_in
def choose(request: SignedInRequest, number: str) -> HttpResponse:
    """Work with this account from now on: it is remembered."""
    if not chosen_account.choose(request.user, number, now=clock.now()):
        raise Http404
    return redirect("home:account", number)


@require_safe
@signed_in
def accounts_file(request: SignedInRequest) -> HttpResponse:
    """Get the accounts as a file: those that were searched for, in the order of the page."""
    entries = account_list.entries_of(request.user)
    options = ListOptions.read(request.GET.dict(), entries)
    found = account_list.in_order(account_list.found(entries, options.words), options.sort)
    rows: list[list[str | Decimal]] = [
        [
            entry.number,
            entry.label,
            entry.client,
            entry.kind_words,
            entry.role_words,
            entry.net_value,
            entry.cash,
            entry.currency,
            f"{entry.balances_at:%Y-%m-%d %H:%M:%S}" if entry.balances_at else "",
            f"{entry.closed_at:%Y-%m-%d}" if entry.closed_at else "",
        ]
        for entry in found[: csv_files.MOST_LINES]
    ]
    return csv_files.response("accounts.csv", _COLUMNS_OF_ACCOUNTS, rows)


def _mandate(request: SignedInRequest, number: str) -> Mandate:
    """Return how the user may act on this account; others get what they get for one that is not there."""
    found = account_queries.mandate_of(request.user, number)
    if found is None:
        raise Http404
    return found


def _only(request: SignedInRequest) -> str:
    only = request.GET.get("only", "")
    return only if only in account_queries.FILTERS else ""
