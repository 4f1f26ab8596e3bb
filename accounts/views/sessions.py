"""Signing out, and staying signed in."""

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.actions import sessions
from accounts.actions.sign_in import completion
from accounts.policies import idleness
from accounts.views.cookies import REFUSED_NETWORK
from accounts.views.guards import who
from portal.lib import client, clock
from portal.lib.http_methods import require_POST


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. What else the browser stores stays: it may be somebody's Key."""
    if known := who(request):
        with transaction.atomic():
            completion.sign_out(known.user, origin=client.origin(request), now=clock.now())
            logout(request)
    return redirect(f"{reverse('accounts:login')}?ended=here")


@require_GET
def idle_remaining(request: HttpRequest) -> HttpResponse:
    """Return how long the session lasts without activity; polling is not activity."""
    known = who(request)
    if known is None:
        return _ended(request)
    seconds = sessions.seconds_left(known.session.current, now=clock.now())
    return JsonResponse({"seconds": seconds, "state": idleness.state(seconds, sessions.warning_seconds())})


def _ended(request: HttpRequest) -> HttpResponse:
    """Say that the session is over; if for its network, lead to the page that says so."""
    facts: dict[str, object] = {"seconds": 0, "state": "ended"}
    if not getattr(request.session, "was_outside", False):
        return JsonResponse(facts)
    response = JsonResponse(facts | {"next": reverse("accounts:blocked-network")})
    REFUSED_NETWORK.write(response, user=0)
    return response


@require_POST
def idle_extend(request: HttpRequest) -> HttpResponse:
    """Count as activity: the user chose to stay."""
    known = who(request)
    if known is None:
        return JsonResponse({"seconds": 0, "state": "ended"}, status=403)
    now = clock.now()
    sessions.touch(known.session.current, now=now)
    return JsonResponse({"seconds": sessions.seconds_left(known.session.current, now=now), "state": "active"})
