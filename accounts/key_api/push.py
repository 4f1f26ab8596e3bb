"""Where a phone takes notifications."""

from django.http import JsonResponse

from accounts.actions import push
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed


@signed("POST", schemas.Subscription)
def subscribe(said: SignedApiRequest[schemas.Subscription]) -> JsonResponse:
    """Say where notifications go to."""
    push.subscribe(phone=said.phone, subscription=said.body.as_stored, now=said.now)
    return respond()


@signed("POST", schemas.Nothing)
def test(said: SignedApiRequest[schemas.Nothing]) -> JsonResponse:
    """Send a notification now."""
    push.send_test(phone=said.phone, now=said.now)
    return respond(202)
