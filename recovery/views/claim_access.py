"""Access to the page of a case: for a browser in which its reference and PIN were entered recently."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from portal.lib import digests
from recovery.models import Claim
from recovery.views.cookies import CASE_PAGE

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
CaseView = Callable[Concatenate[HttpRequest, Claim, P], HttpResponse]


def case_page(view: CaseView[P]) -> View[P]:
    """Pass the claim whose page is open in this browser; everybody else is asked for reference and PIN."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        claim = claim_of(request)
        return redirect("recovery:status") if claim is None else view(request, claim, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # functools.wraps widens it


def claim_of(request: HttpRequest) -> Claim | None:
    """Return the claim whose page is open in this browser, or None; a new PIN closes pages opened with the old one."""
    facts = CASE_PAGE.read(request)
    if not facts:
        return None
    claim = Claim.objects.select_related("case__policy", "agent").filter(pk=facts["claim"]).first()
    return claim if claim and digests.same(facts["pin"], _mark(claim)) else None


def open_page(response: HttpResponseBase, claim: Claim) -> None:
    """Open the page of a claim in this browser."""
    CASE_PAGE.write(response, claim=claim.pk, pin=_mark(claim))


def _mark(claim: Claim) -> str:
    return digests.keyed("case-page", claim.pin_hash)
