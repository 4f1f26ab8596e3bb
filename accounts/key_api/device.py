"""What a phone says about itself."""

from django.http import JsonResponse

from accounts.actions.keys import device_settings, key_revocation
from accounts.enums import EndReason
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed
from accounts.models import Key


@signed("POST", schemas.Rotate)
def rotate(said: SignedApiRequest[schemas.Rotate]) -> JsonResponse:
    """Renew the phone's signing key."""
    device_settings.rotate(
        phone=said.phone,
        public_key=said.body.public_key,
        proof=said.body.proof,
        origin=said.origin,
        now=said.now,
    )
    return respond()


@signed("POST", schemas.Rename)
def rename(said: SignedApiRequest[schemas.Rename]) -> JsonResponse:
    """Name this phone."""
    device_settings.rename(phone=said.phone, name=said.body.name, origin=said.origin, now=said.now)
    return respond()


@signed("POST", schemas.Clock)
def clock(said: SignedApiRequest[schemas.Clock]) -> JsonResponse:
    """Tell how wrong the phone's clock is."""
    device_settings.tell_clock(phone=said.phone, offset=said.body.offset)
    return respond()


@signed("POST", schemas.Remove)
def remove(said: SignedApiRequest[schemas.Remove]) -> JsonResponse:
    """Turn a Key off, or the phone with all of them."""
    ended = _turn_off_one(said, said.body.key) if said.body.key else _turn_off_all(said)
    return respond(keys=[str(key.public_id) for key in ended])


def _turn_off_one(said: SignedApiRequest[schemas.Remove], key_id: str) -> list[Key]:
    key = said.phone.keys.select_related("user").get(public_id=key_id, confirmed=True)
    return [key_revocation.end_key(key=key, reason=EndReason.TURNED_OFF, by=key.user, origin=said.origin, now=said.now)]


def _turn_off_all(said: SignedApiRequest[schemas.Remove]) -> list[Key]:
    return key_revocation.end_phone(
        phone=said.phone, reason=EndReason.TURNED_OFF, by=None, origin=said.origin, now=said.now
    )
