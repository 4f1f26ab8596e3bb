"""Signing out, here or elsewhere, and staying signed in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.actions import sessions
from accounts.actions.sign_in import completion
from accounts.cookies import REFUSED_NETWORK
from accounts.enums import Realm
from accounts.policies import idleness
from accounts.request_types import SignedInRequest
from accounts.views.guards import signed_in, who
from portal.lib import client, clock
from portal.lib.http_methods import require_POST

PER_PAGE = 20


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. What else the browser stores stays: it may be somebody's Key.

    ``realm``: the one to sign in to next.
    """
    if known := who(request):
        with transaction.atomic():
            completion.sign_out(known.user, origin=client.origin(request), now=clock.now())
            logout(request)
    realm = request.POST.get("realm")
    return redirect(f"{reverse('accounts:login')}?ended=here{f'&realm={realm}' if realm in Realm.values else ''}")


@require_safe
@signed_in
def show(request: SignedInRequest) -> HttpResponse:
    """See every open session, the latest used first."""
    mine = request.user.sessions.order_by("-active_at", "digest")
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/sessions.html", {"page": page, "current": request.session.current})


@require_POST
@signed_in
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End one session. No fresh proof is asked for: whoever ends one only takes something away."""
    session = get_object_or_404(request.user.sessions, public_id=public_id)
    if session.pk == request.session.current.pk:
        return sign_out(request)
    sessions.end_one(session=session, by=request.user, origin=client.origin(request), now=clock.now())
    messages.success(request, _("Signed out: %(device)s.") % {"device": session.device or _("one device")})
    return redirect("accounts:sessions")


@require_POST
@signed_in
def end_others(request: SignedInRequest) -> HttpResponse:
    """End every other session, and every sign-in under way; with ``everywhere`` this one as well."""
    sessions.end_all_others(
        by=request.user, keep=request.session.current, origin=client.origin(request), now=clock.now()
    )
    if "everywhere" in request.POST:
        sign_out(request)
        return redirect(f"{reverse('accounts:login')}?ended=everywhere")
    messages.success(request, _("You are signed in here only."))
    return redirect("accounts:sessions")


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
