"""Transfer to a new phone, led by the old one."""

from django.conf import settings
from django.http import JsonResponse

from accounts.actions.keys import key_transfer
from accounts.actions.keys.enrolment import rows
from accounts.enums import EnrolmentState
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed

_COMPARED = (EnrolmentState.CLAIMED, EnrolmentState.MATCHED)


@signed("POST", schemas.Nothing)
def begin(request: SignedApiRequest[schemas.Nothing]) -> JsonResponse:
    """Begin a transfer, on the old phone."""
    begun = key_transfer.begin(phone=request.phone, origin=request.origin, now=request.now)
    return respond(pairing=str(begun.move.public_id), code=begun.code, minutes=settings.PORTAL_PAIRING_MINUTES)


@signed("POST", schemas.Pairing)
def state(request: SignedApiRequest[schemas.Pairing]) -> JsonResponse:
    """Return the state of the old phone's transfer."""
    move = rows.of_old_phone(request.body.pairing, request.phone)
    current = key_transfer.state_of(move, now=request.now)
    number = {"number": move.number} if current in _COMPARED else {}
    return respond(state=current, **number)


@signed("POST", schemas.Match)
def match(request: SignedApiRequest[schemas.Match]) -> JsonResponse:
    """Confirm or deny on the old phone that the numbers match."""
    current = key_transfer.compare(
        phone=request.phone,
        pairing=request.body.pairing,
        matches=request.body.matches,
        origin=request.origin,
        now=request.now,
    )
    return respond(state=current)
