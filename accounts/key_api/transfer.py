"""Moving to a new phone, said by the old one."""

from django.conf import settings
from django.http import JsonResponse

from accounts.actions.keys import key_transfer
from accounts.actions.keys.enrolment import rows
from accounts.enums import EnrolmentState
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed

_COMPARED = (EnrolmentState.CLAIMED, EnrolmentState.MATCHED)


@signed("POST", schemas.Nothing)
def begin(said: SignedApiRequest[schemas.Nothing]) -> JsonResponse:
    """Start a move, on the old phone."""
    begun = key_transfer.begin(phone=said.phone, origin=said.origin, now=said.now)
    return respond(pairing=str(begun.move.public_id), code=begun.code, minutes=settings.PORTAL_PAIRING_MINUTES)


@signed("POST", schemas.Pairing)
def state(said: SignedApiRequest[schemas.Pairing]) -> JsonResponse:
    """Tell the old phone how its move stands."""
    move = rows.of_old_phone(said.body.pairing, said.phone)
    stands = key_transfer.state_of(move, now=said.now)
    number = {"number": move.number} if stands in _COMPARED else {}
    return respond(state=stands, **number)


@signed("POST", schemas.Match)
def match(said: SignedApiRequest[schemas.Match]) -> JsonResponse:
    """Say on the old phone whether the numbers match."""
    stands = key_transfer.compare(
        phone=said.phone, pairing=said.body.pairing, matches=said.body.matches, origin=said.origin, now=said.now
    )
    return respond(state=stands)
