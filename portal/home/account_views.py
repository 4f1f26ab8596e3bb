"""One account: balances, value, activity as a list and as a file, and who may act on it (HOME-1)."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Mandate
from accounts.request_types import SignedInRequest
from accounts.views.guards import signed_in
from portal.home import accounts, csv_files
from portal.lib import clock

PER_PAGE = 30
_COLUMNS = ["Time (UTC)", "Kind", "Instrument", "Quantity", "Amount", "Currency", "Reference"]


@require_safe
@signed_in
def account(request: SignedInRequest, number: str) -> HttpResponse:
    """See one account."""
    mandate, only = _mandate(request, number), _only(request)
    days = accounts.period_of(request.GET.get("days", ""))
    page = Paginator(accounts.activity_of(mandate.account, only), PER_PAGE).get_page(request.GET.get("page"))
    facts: dict[str, Any] = {
        "mandate": mandate,
        "account": mandate.account,
        "chart": accounts.chart_of(mandate.account, days, now=clock.now()),
        "actors": accounts.actors_on(mandate.account, request.user),
        "page": page,
        "lines": [(row, accounts.words_of(row)) for row in page.object_list],
        "filters": [(name, label) for name, (label, _condition) in accounts.FILTERS.items()],
        "periods": accounts.PERIODS.items(),
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
    found = accounts.activity_of(mandate.account, _only(request))[: csv_files.MOST_LINES]
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


def _mandate(request: SignedInRequest, number: str) -> Mandate:
    """Return how the user may act on this account; others get what they get for one that is not there."""
    found = accounts.mandate_of(request.user, number)
    if found is None:
        raise Http404
    return found


def _only(request: SignedInRequest) -> str:
    only = request.GET.get("only", "")
    return only if only in accounts.FILTERS else ""
