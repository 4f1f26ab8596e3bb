"""What a phone says about itself."""

from django.http import JsonResponse

from accounts.actions import own_phone
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
