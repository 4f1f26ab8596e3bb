"""Requests that wait for the phone's answer, and the answer."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import JsonResponse

from accounts.actions.sign_in import push_approval
from accounts.enums import EndReason
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed
from accounts.key_api.serializers import account_of, opened
from accounts.models import Key, PushChallenge
from portal.lib import geolocation

_ENDED_DAYS = 30  # how long the phone is told why a Key was turned off


@signed("GET", schemas.Nothing)
def waiting(request: SignedApiRequest[schemas.Nothing]) -> JsonResponse:
    """List the requests that wait for an answer, and the Keys on this phone."""
    recently = Q(ended_at__gt=request.now - timedelta(days=_ENDED_DAYS))
    keys = Key.objects.select_related("user__customer").filter(recently | Q(confirmed=True), phone=request.phone)
    keys_here = list(keys.order_by("created_at", "pk"))
    live = {key.user_id: key for key in keys_here if key.confirmed and key.user.is_active}
    ended = [key for key in keys_here if key not in live.values()]
    unanswered = push_approval.waiting_for(request.phone, now=request.now)
    return respond(
        requests=[_request(row, live[row.user_id]) for row in unanswered if row.user_id in live],
        keys=[{**account_of(key), "name": key.name} for key in live.values()],
        ended=[{"key": str(key.public_id), "reason": key.end_reason or EndReason.TURNED_OFF} for key in ended],
        min_version=settings.PORTAL_KEY_MIN_VERSION,
    )


@signed("POST", schemas.Answer)
def answer(request: SignedApiRequest[schemas.Answer], reference: str) -> JsonResponse:
    """Approve or deny a request."""
    body = request.body
    given = push_approval.Answer(
        decision=body.decision, number=body.number, reason=body.reason, time=body.time, signature=body.signature
    )
    answered = push_approval.answer(
        phone=request.phone,
        reference=reference,
        given=given,
        version=request.call.version,
        origin=request.origin,
        now=request.now,
    )
    return respond(state=answered.state)


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
