"""Subscribing to notifications."""

from django.http import JsonResponse

from accounts.actions import push
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed


@signed("POST", schemas.Subscription)
def subscribe(request: SignedApiRequest[schemas.Subscription]) -> JsonResponse:
    """Set where notifications are sent."""
    push.subscribe(phone=request.phone, subscription=request.body.as_stored, now=request.now)
    return respond()


@signed("POST", schemas.Nothing)
def test(request: SignedApiRequest[schemas.Nothing]) -> JsonResponse:
    """Send a notification now."""
    push.send_test(phone=request.phone, now=request.now)
    return respond(202)
