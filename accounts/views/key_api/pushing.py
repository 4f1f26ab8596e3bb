"""Where a phone takes notifications."""

from django.http import JsonResponse

from accounts.actions import push
from accounts.views.key_api import bodies
from accounts.views.key_api.calling import Believed, Nothing, answer, signed


@signed("POST", bodies.Subscription)
def subscribe(said: Believed[bodies.Subscription]) -> JsonResponse:
    """Say where notifications go to."""
    push.subscribe(phone=said.phone, subscription=said.body.as_stored, now=said.now)
    return answer()


@signed("POST", Nothing)
def test(said: Believed[Nothing]) -> JsonResponse:
    """Send a notification now."""
    push.send_test(phone=said.phone, now=said.now)
    return answer(202)
