"""Where a phone takes notifications."""

from django.http import JsonResponse

from accounts.actions import push
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed


@signed("POST", schemas.Subscription)
def subscribe(request: SignedApiRequest[schemas.Subscription]) -> JsonResponse:
    """Say where notifications go to."""
    push.subscribe(phone=request.phone, subscription=request.body.as_stored, now=request.now)
    return respond()


@signed("POST", schemas.Nothing)
def test(request: SignedApiRequest[schemas.Nothing]) -> JsonResponse:
    """Send a notification now."""
    push.send_test(phone=request.phone, now=request.now)
    return respond(202)
