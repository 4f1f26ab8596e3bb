"""Polled by the sign-in page while it waits for the phone: one statement, no session, a few bytes."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.actions.sign_in import push_approval
from accounts.views.sign_in import pending_sign_in
from portal.lib import clock, headers


@require_safe
def waiting(request: HttpRequest) -> JsonResponse:
    """Return the state of the push request of a sign-in under way; "" if there is none."""
    sign_in = pending_sign_in.find(request)
    state = push_approval.state_of(sign_in.reference, now=clock.now()) if sign_in and sign_in.reference else ""
    return JsonResponse({"state": state}, headers={"Content-Security-Policy": headers.DATA_ONLY})
