"""Polled by the sign-in page while it waits for the phone: one statement, no session, a few bytes."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.actions.sign_in import push_approval
from accounts.views.sign_in.pending_sign_in import PendingStorage
from portal.lib import clock, headers


@require_safe
def waiting(request: HttpRequest) -> JsonResponse:
    """Return the state of this browser's push request; "" if there is none."""
    sent = PendingStorage("", request).push_request
    state = push_approval.state_of(sent.reference, now=clock.now()) if sent and sent.reference else ""
    return JsonResponse({"state": state}, headers={"Content-Security-Policy": headers.DATA_ONLY})
