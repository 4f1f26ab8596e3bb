"""Approving and denying on the phone."""

from django.http import JsonResponse

from accounts.actions import approvals
from accounts.views.key_api import bodies
from accounts.views.key_api.calling import Believed, answer, signed


@signed("POST", bodies.Answer)
def answer_request(said: Believed[bodies.Answer], reference: str) -> JsonResponse:
    """Approve or deny a request."""
    body = said.body
    given = approvals.Answer(
        decision=body.decision, number=body.number, reason=body.reason, time=body.time, signature=body.signature
    )
    request = approvals.answer(
        phone=said.phone,
        reference=reference,
        given=given,
        version=said.call.version,
        origin=said.origin,
        now=said.now,
    )
    return answer(state=request.state)
