"""What a customer sees after signing in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.actions import audit
from accounts.enums import Action
from accounts.models import Mandate, SecurityEvent
from accounts.requests import SignedInRequest
from accounts.views.guards import signed_in
from recovery.actions import stops

_LAST_EVENTS = 20


@require_safe
@signed_in
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Show the accounts this log-in may act on, and when it was last used."""
    if request.user.is_staff:
        return redirect("admin:index")
    mandates = Mandate.objects.filter(user=request.user).select_related("account").order_by("label", "account__number")
    sign_ins = SecurityEvent.objects.filter(chain=audit.chain_of(request.user), action=Action.SIGNED_IN)
    return render(
        request,
        "portal/dashboard.html",
        {
            "mandates": list(mandates),
            "previous": next(iter(sign_ins.order_by("-n")[1:2]), None),
            "open_case": stops.open_case_of(request.user),
        },
    )


@require_safe
@signed_in
def security(request: SignedInRequest) -> HttpResponse:
    """Show Keys, open sessions and what happened on this log-in."""
    user = request.user
    context = {
        "keys": user.key_set.filter(confirmed=True).order_by("created_at"),
        "sessions": user.sessions.order_by("-active_at"),
        "current": request.session.current,
        "events": SecurityEvent.objects.filter(chain=audit.chain_of(user)).order_by("-n")[:_LAST_EVENTS],
    }
    return render(request, "portal/security.html", context)
