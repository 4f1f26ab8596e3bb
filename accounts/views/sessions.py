"""Leaving, and staying."""

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import sessions, sign_in
from accounts.policies import idleness
from accounts.views.guards import is_signed_in
from portal.lib import client, clock


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session and clear what the browser kept."""
    if is_signed_in(request):
        with transaction.atomic():
            sign_in.sign_out(request.user, origin=client.origin(request), now=clock.now())
            logout(request)
    response = redirect("accounts:login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_GET
def idle_remaining(request: HttpRequest) -> HttpResponse:
    """Tell how long the session lasts without activity; asking is not activity."""
    if not is_signed_in(request):
        return JsonResponse({"seconds": 0, "state": "ended"})
    seconds = sessions.seconds_left(request.session.row, now=clock.now())
    return JsonResponse({"seconds": seconds, "state": idleness.state(seconds, sessions.warning_seconds())})


@require_POST
def idle_extend(request: HttpRequest) -> HttpResponse:
    """Count as activity: the person chose to stay."""
    if not is_signed_in(request):
        return JsonResponse({"seconds": 0, "state": "ended"}, status=403)
    now = clock.now()
    sessions.touch(request.session.row, now=now)
    return JsonResponse({"seconds": sessions.seconds_left(request.session.row, now=now), "state": "active"})
