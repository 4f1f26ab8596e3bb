"""Pairing a phone: join, fetch the secrets, prove them."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import JsonResponse

from accounts.actions.keys.enrolment import rows, steps
from accounts.enums import EnrolmentPurpose
from accounts.key_api import authentication, schemas
from accounts.key_api.decorators import ApiRequest, SignedApiRequest, api_request, respond, signed
from accounts.key_api.serializers import account_of
from accounts.models import Phone
from accounts.refusals import CallUnreadable, Refusal
from portal.throttle.reserve import Reservation, give_back


@api_request("POST", schemas.Pair)
def pair(request: ApiRequest[schemas.Pair]) -> JsonResponse:
    """Join with a pairing code, as a new phone or a known one."""
    body = request.body
    attempt, phone = _admitted(request)
    enrolment = steps.claim(
        code=body.code,
        attempt=attempt,
        phone=phone,
        public_key=body.public_key,
        name=body.name or "",
        version=request.call.version,
        origin=request.origin,
        now=request.now,
    )
    return respond(
        phone=enrolment.phone.reference if enrolment.phone else "",
        pairing=str(enrolment.public_id),
        number=enrolment.number,
        minutes=(enrolment.expires_at - request.now) // timedelta(minutes=1),
    )


@signed("POST", schemas.Pairing)
def confirm(request: SignedApiRequest[schemas.Pairing]) -> JsonResponse:
    """Fetch the secrets, once the numbers have been confirmed to match."""
    enrolment = rows.of_phone(request.body.pairing, request.phone)
    items = steps.fetch(enrolment=enrolment, phone=request.phone, now=request.now)
    if not items:
        return respond(202, state="waiting")
    shape = {"digits": settings.PORTAL_CODE_DIGITS, "period": settings.PORTAL_CODE_PERIOD}
    keys = [{**account_of(item), "secret": item.secret, **shape} for item in items]
    return respond(state="matched", is_move=enrolment.purpose == EnrolmentPurpose.TRANSFER, keys=keys)


@signed("POST", schemas.Prove)
def prove(request: SignedApiRequest[schemas.Prove]) -> JsonResponse:
    """Finish a transfer with a code of each new seed."""
    made = steps.prove_on_phone(
        enrolment=rows.of_phone(request.body.pairing, request.phone),
        phone=request.phone,
        codes={UUID(key): code for key, code in request.body.codes.items()},
        origin=request.origin,
        now=request.now,
    )
    return respond(keys=[str(key.public_id) for key in made])


def _admitted(request: ApiRequest[schemas.Pair]) -> tuple[Reservation, Phone | None]:
    """Reserve the attempt before the nonce is stored: a request over its limit leaves no row."""
    attempt = steps.reserve_pairing(origin=request.origin, now=request.now)
    try:
        return attempt, _who_comes(request)
    except Refusal:
        give_back(attempt)  # no code was checked
        raise


def _who_comes(request: ApiRequest[schemas.Pair]) -> Phone | None:
    """Return the known phone, or None for a new one that brings its key and name along."""
    call, brings = request.call, (bool(request.body.public_key), bool(request.body.name))
    if call.phone and not any(brings):
        return authentication.verify(call, origin=request.origin, now=request.now)
    if call.phone or not all(brings):
        raise CallUnreadable
    authentication.verify_newcomer(call, public_key=request.body.public_key, origin=request.origin, now=request.now)
    return None
