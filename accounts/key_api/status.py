"""What the portal tells a phone: the time, what waits, which Keys live on it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import JsonResponse

from accounts.actions.sign_in import push_approval
from accounts.key_api.decorators import ApiRequest, SignedApiRequest, answer, api_request, signed
from accounts.key_api.schemas import Nothing
from accounts.key_api.serializers import account_of, opened
from accounts.models import Key, PushChallenge
from portal.lib import geolocation, push

_ENDED_DAYS = 30  # how long the phone is told why a Key is off


@api_request("GET", Nothing)
def time(said: ApiRequest[Nothing]) -> JsonResponse:
    """Tell the server's clock."""
    return answer(min_version=settings.PORTAL_KEY_MIN_VERSION, push_key=push.key_for_phones())


@signed("GET", Nothing)
def requests(said: SignedApiRequest[Nothing]) -> JsonResponse:
    """Tell a phone what waits for an answer, and which Keys live on it."""
    recently = Q(ended_at__gt=said.now - timedelta(days=_ENDED_DAYS))
    keys = Key.objects.select_related("user__customer").filter(recently | Q(confirmed=True), phone=said.phone)
    held = list(keys.order_by("created_at", "pk"))
    live = {key.user_id: key for key in held if key.confirmed}
    waiting = push_approval.waiting_for(said.phone, now=said.now)
    return answer(
        requests=[_request(row, live[row.user_id]) for row in waiting if row.user_id in live],
        keys=[{**account_of(key), "name": key.name} for key in live.values()],
        ended=[{"key": str(key.public_id), "reason": key.end_reason} for key in held if not key.confirmed],
        min_version=settings.PORTAL_KEY_MIN_VERSION,
    )


def _request(row: PushChallenge, key: Key) -> dict[str, Any]:
    address = opened(row, "address")
    return {
        "request": row.reference,
        **account_of(key),
        "purpose": row.purpose,
        "device": row.device,
        "address": address,
        "place": geolocation.of(address) if address else "",
        "is_new_device": row.is_new_browser,
        "digits": settings.PORTAL_NUMBER_DIGITS,
        "asked_at": int(row.created_at.timestamp()),
        "expires_at": int(row.expires_at.timestamp()),
    }
