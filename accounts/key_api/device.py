"""Settings of the phone itself."""

from django.http import JsonResponse

from accounts.actions.keys import device_settings, key_revocation
from accounts.enums import EndReason
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed
from accounts.models import Key


@signed("POST", schemas.Rotate)
def rotate(request: SignedApiRequest[schemas.Rotate]) -> JsonResponse:
    """Replace the phone's signing key."""
    device_settings.rotate(
        phone=request.phone,
        public_key=request.body.public_key,
        proof=request.body.proof,
        origin=request.origin,
        now=request.now,
    )
    return respond()


@signed("POST", schemas.Rename)
def rename(request: SignedApiRequest[schemas.Rename]) -> JsonResponse:
    """Name this phone."""
    device_settings.rename(phone=request.phone, name=request.body.name, origin=request.origin, now=request.now)
    return respond()


@signed("POST", schemas.Clock)
def clock(request: SignedApiRequest[schemas.Clock]) -> JsonResponse:
    """Report how wrong the phone's clock is."""
    device_settings.tell_clock(phone=request.phone, offset=request.body.offset)
    return respond()


@signed("POST", schemas.Remove)
def remove(request: SignedApiRequest[schemas.Remove]) -> JsonResponse:
    """Turn a Key off, or the phone with all of them."""
    ended = _turn_off_one(request, request.body.key) if request.body.key else _turn_off_all(request)
    return respond(keys=[str(key.public_id) for key in ended])


def _turn_off_one(request: SignedApiRequest[schemas.Remove], key_id: str) -> list[Key]:
    key = request.phone.keys.select_related("user").get(public_id=key_id, confirmed=True, user__is_active=True)
    return [
        key_revocation.end_key(
            key=key, reason=EndReason.TURNED_OFF, by=key.user, origin=request.origin, now=request.now
        )
    ]


def _turn_off_all(request: SignedApiRequest[schemas.Remove]) -> list[Key]:
    return key_revocation.end_phone(
        phone=request.phone, reason=EndReason.TURNED_OFF, by=None, origin=request.origin, now=request.now
    )
