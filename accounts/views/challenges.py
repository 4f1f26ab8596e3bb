"""Challenges for passkeys: in an encrypted cookie, each for one purpose and one use."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from accounts.cookies import EncryptedCookie
from accounts.refusals import PasskeyWrong
from portal.lib.passkeys import decoded

_COOKIE = EncryptedCookie("passkey", minutes=10)


def offer(options: dict[str, Any], *, purpose: str) -> JsonResponse:
    """Answer with the options, and store their challenge in a cookie for this purpose only."""
    response = JsonResponse(options)
    _COOKIE.write(response, challenge=options["challenge"], purpose=purpose)
    return response


def carried(request: HttpRequest, *, purpose: str) -> bytes:
    """Return the challenge from this browser's cookie for this purpose. Raises: ``PasskeyWrong``."""
    facts = _COOKIE.read(request)
    if facts.get("purpose") != purpose:
        raise PasskeyWrong
    return decoded(facts["challenge"])
