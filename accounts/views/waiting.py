"""What the sign-in page asks while it waits for the phone: one statement, no session, a few bytes."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.actions import approvals
from accounts.views.pending import PendingStorage
from portal.lib import clock, headers


@require_safe
def waiting(request: HttpRequest) -> JsonResponse:
    """Say where the request of the sign-in in this browser's sealed cookie stands; "" if there is none."""
    asked = PendingStorage("", request).asked
    state = approvals.standing_of(asked.reference, now=clock.now()) if asked and asked.reference else ""
    return JsonResponse({"state": state}, headers={"Content-Security-Policy": headers.DATA_ONLY})
