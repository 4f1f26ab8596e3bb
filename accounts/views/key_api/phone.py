"""What a phone says about itself."""

from uuid import UUID

from django.http import JsonResponse

from accounts.actions import own_phone, phones
from accounts.enums import EndReason
from accounts.models import Key
from accounts.views.key_api import bodies
from accounts.views.key_api.calling import Believed, answer, signed


@signed("POST", bodies.Rotate)
def rotate(said: Believed[bodies.Rotate]) -> JsonResponse:
    """Renew the phone's signing key."""
    own_phone.rotate(
        phone=said.phone,
        public_key=said.body.public_key,
        proof=said.body.proof,
        origin=said.origin,
        now=said.now,
    )
    return answer()


@signed("POST", bodies.Rename)
def rename(said: Believed[bodies.Rename]) -> JsonResponse:
    """Name this phone."""
    own_phone.rename(phone=said.phone, name=said.body.name, origin=said.origin, now=said.now)
    return answer()


@signed("POST", bodies.Clock)
def clock(said: Believed[bodies.Clock]) -> JsonResponse:
    """Tell how wrong the phone's clock is."""
    own_phone.tell_clock(phone=said.phone, offset=said.body.offset)
    return answer()


@signed("POST", bodies.Remove)
def remove(said: Believed[bodies.Remove]) -> JsonResponse:
    """Turn a Key off, or the phone with all of them."""
    ended = _turn_off_one(said, said.body.key) if said.body.key else _turn_off_all(said)
    return answer(keys=[str(key.seal_id) for key in ended])


def _turn_off_one(said: Believed[bodies.Remove], key_id: UUID) -> list[Key]:
    key = said.phone.keys.select_related("user").get(seal_id=key_id, confirmed=True)
    return [phones.end_key(key=key, reason=EndReason.TURNED_OFF, by=key.user, origin=said.origin, now=said.now)]


def _turn_off_all(said: Believed[bodies.Remove]) -> list[Key]:
    return phones.end_phone(phone=said.phone, reason=EndReason.TURNED_OFF, by=None, origin=said.origin, now=said.now)
