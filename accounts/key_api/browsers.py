"""Letting a browser try to sign in although strangers keep sign-in paused."""

from django.http import JsonResponse

from accounts.actions.sign_in import browser_admission
from accounts.key_api import schemas
from accounts.key_api.decorators import SignedApiRequest, respond, signed


@signed("POST", schemas.Browser)
def allow(request: SignedApiRequest[schemas.Browser]) -> JsonResponse:
    """Let the browser that shows this number try."""
    user = browser_admission.allow(
        phone=request.phone, number=request.body.number, origin=request.origin, now=request.now
    )
    return respond(account=user.username)
