"""The browser that the claimants of the demo used. A case can be finished in its claimant's browser only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from portal.lib import digests
from recovery.views import cookies


def value() -> str:
    """Return the random value by which the claims of this demo know their browser; another demo has another."""
    return digests.keyed("demo-browser", "")


@require_safe
def become(request: HttpRequest) -> HttpResponse:
    """Make this browser the one of the demo's claimants. Only a demo has this page (``PORTAL_DEBUG``)."""
    response = redirect("recovery:status")
    cookies.keep_browser(response, value())
    return response
