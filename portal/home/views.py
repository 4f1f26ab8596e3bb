"""What a customer sees after signing in."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.actions import holds
from accounts.actions.authenticators import queries, security_answers
from accounts.enums import HoldScope
from accounts.models import Key, User
from accounts.policies.recommendations import Ways
from accounts.request_types import SignedInRequest
from accounts.views.guards import signed_in
from portal.home import activity, start_page
from portal.home.account_health import health_of
from portal.home.security_rows import contact_rows, sign_in_rows
from portal.lib import clock
from recovery.actions import objections

_LAST_EVENTS = 6
_LAST_SESSIONS = 3
_LAST_REPORTS = 3


@require_safe
@signed_in
def dashboard(request: SignedInRequest) -> HttpResponse:
    """See your accounts, what happened lately, and what to do next."""
    if request.user.is_staff:
        return redirect("admin:index")
    user = request.user
    facts = start_page.facts_of(user, request.GET.dict(), own=request.session.get("sign_in"), now=clock.now())
    facts |= {"health": health_of(_ways_of(user, queries.keys_of(user))), "open_case": objections.open_case_of(user)}
    return render(request, "portal/dashboard.html", facts)


@require_safe
@signed_in
def security(request: SignedInRequest) -> HttpResponse:
    """Show this user's authenticators, sessions, reports and recent activity."""
    user = request.user
    keys = queries.keys_of(user)
    ways = _ways_of(user, keys)
    context = {
        "sign_in_rows": sign_in_rows(user, keys, ways),
        "contact_rows": contact_rows(user, security_answers.how_many(user)),
        "health": health_of(ways),
        "reports": user.reports.order_by("-created_at")[:_LAST_REPORTS],
        "sessions": user.sessions.order_by("-active_at", "digest")[:_LAST_SESSIONS],
        "current": request.session.current,
        "lines": list(activity.lines_of(user, activity.events_of(user, now=clock.now())[:_LAST_EVENTS])),
    }
    return render(request, "portal/security.html", context)


def _ways_of(user: User, keys: list[Key]) -> Ways:
    """Return the user's authenticators, and whether more of them are on hold."""
    return replace(queries.ways_of(user, keys), is_held=bool(holds.of(user, HoldScope.NEW_KEY, now=clock.now())))
