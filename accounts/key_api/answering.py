"""Approving and denying on the phone."""

from django.http import JsonResponse

from accounts.actions.sign_in import push_approval
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, answer, signed


@signed("POST", schemas.Answer)
def answer_request(said: SignedApiRequest[schemas.Answer], reference: str) -> JsonResponse:
    """Approve or deny a request."""
    body = said.body
    given = push_approval.Answer(
        decision=body.decision, number=body.number, reason=body.reason, time=body.time, signature=body.signature
    )
    request = push_approval.answer(
        phone=said.phone,
        reference=reference,
        given=given,
        version=said.call.version,
        origin=said.origin,
        now=said.now,
    )
    return answer(state=request.state)
