"""Signatures after Standard Webhooks (standardwebhooks.com): of events, and of answers to the firm's systems."""

import base64
import secrets
from datetime import datetime

from django.conf import settings
from standardwebhooks import Webhook

from portal.lib import env

_PREFIX = "whsec_"
_BYTES = range(24, 65)  # of a secret, as the standard has it


class NothingSigns(Exception):
    """There is no secret in the settings, so nothing may be sent."""


def secrets_in_force() -> list[str]:
    """Return the secrets in the settings; every one signs."""
    return env.listed(settings.PORTAL_HOOK_SECRETS)


def new_secret() -> str:
    """Return a new secret in the form of ``PORTAL_HOOK_SECRETS``."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """Tell whether this is a valid secret: ``whsec_`` and 24 to 64 bytes in base64."""
    try:
        raw = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:
        return False
    return text.startswith(_PREFIX) and len(raw) in _BYTES


def headers(message_id: str, body: str, *, now: datetime) -> dict[str, str]:
    """Return the headers of a message: id, time of this try, and a signature by each secret side by side.

    Raises: ``NothingSigns``.
    """
    signed = [Webhook(secret).sign(message_id, now, body) for secret in secrets_in_force()]
    if not signed:
        raise NothingSigns
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
