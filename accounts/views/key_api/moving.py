"""Moving to a new phone, said by the old one."""

from django.conf import settings
from django.http import JsonResponse

from accounts.actions import enrolments, moving
from accounts.enums import EnrolmentState
from accounts.views.key_api import bodies
from accounts.views.key_api.calling import Believed, Nothing, answer, signed

_COMPARED = (EnrolmentState.CLAIMED, EnrolmentState.MATCHED)


@signed("POST", Nothing)
def begin(said: Believed[Nothing]) -> JsonResponse:
    """Start a move, on the old phone."""
    begun = moving.begin(phone=said.phone, origin=said.origin, now=said.now)
    return answer(pairing=str(begun.move.seal_id), code=begun.code, minutes=settings.PORTAL_PAIRING_MINUTES)


@signed("POST", bodies.Pairing)
def state(said: Believed[bodies.Pairing]) -> JsonResponse:
    """Tell the old phone how its move stands."""
    move = enrolments.of_old_phone(said.body.pairing, said.phone)
    stands = moving.state_of(move, now=said.now)
    number = {"number": move.number} if stands in _COMPARED else {}
    return answer(state=stands, **number)


@signed("POST", bodies.Match)
def match(said: Believed[bodies.Match]) -> JsonResponse:
    """Say on the old phone whether the numbers match."""
    stands = moving.compare(
        phone=said.phone, pairing=said.body.pairing, matches=said.body.matches, origin=said.origin, now=said.now
    )
    return answer(state=stands)
