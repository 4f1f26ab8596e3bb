"""Messages: encrypted for the phone (RFC 8291), signed by the portal (VAPID, RFC 8292)."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from portal.lib.outgoing import AddressRefused, Endpoint, check_url

_PRIVATE_KEY = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes, base64url without padding
_POINT = re.compile(r"[A-Za-z0-9_-]{87}")  # 65 bytes
_AUTH = re.compile(r"[A-Za-z0-9_-]{22}")  # 16 bytes
_SIGNED_FOR = timedelta(hours=12)  # RFC 8292 allows 24


@dataclass(frozen=True)
class Message:
    """A message to a phone. ``ttl``: seconds for which to keep it; a newer one of the same ``topic`` replaces it."""

    payload: Mapping[str, str | int]
    ttl: int
    topic: str  # at most 32 characters of base64url


@dataclass(frozen=True)
class Subscription:
    """A phone's subscription, as its browser gives it: texts in base64url without padding."""

    endpoint: str
    p256dh: str
    auth: str

    def check(self) -> Endpoint:
        """Return the address in its parts. Raises: ``AddressRefused`` for the address or malformed keys."""
        if not _AUTH.fullmatch(self.auth):
            raise AddressRefused("the secret is not 16 bytes")
        self.public_key()
        return check_endpoint(self.endpoint)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the phone's key for messages. Raises: ``AddressRefused`` if it is not a point on P-256."""
        if not _POINT.fullmatch(self.p256dh):
            raise AddressRefused("the key is not 65 bytes")
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(self.p256dh))
        except ValueError as error:
            raise AddressRefused("the key is not a point on P-256") from error


def check_endpoint(url: str) -> Endpoint:
    """Parse the address of a push service in ``PORTAL_PUSH_HOSTS``. Raises: ``AddressRefused``."""
    return check_url(url, hosts=settings.PORTAL_PUSH_HOSTS)


def encrypted(message: Message, to: Subscription) -> bytes:
    """Return the body, encrypted for the phone: aes128gcm with a new key and salt each time."""
    plain = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":")).encode()
    body: bytes = http_ece.encrypt(
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=to.public_key(),
        auth_secret=_bytes(to.auth),
        version="aes128gcm",
    )
    return body


def headers(message: Message, endpoint: Endpoint, *, now: datetime) -> dict[str, str]:
    """Return the headers of RFC 8030 with the sender's signature, valid for this push service only."""
    claims = {
        "aud": endpoint.origin,
        "exp": int((now + _SIGNED_FOR).timestamp()),
        "sub": f"mailto:{settings.PORTAL_SECURITY_EMAIL}",
    }
    signed: dict[str, str] = Vapid02(_private_key(settings.PORTAL_VAPID_PRIVATE_KEY)).sign(claims)
    return signed | {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.ttl),
        "Topic": message.topic,
        "Urgency": "high",
    }


def new_private_key() -> str:
    """Return a new private key in the format of ``PORTAL_VAPID_PRIVATE_KEY``."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(32))


def public_key_of(private_key: str) -> str:
    """Return the public key with which phones subscribe: 65 bytes, base64url. Raises: ``ValueError``."""
    public = _private_key(private_key).public_key()
    return _text(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def is_private_key(text: str) -> bool:
    """Tell whether this is a valid ``PORTAL_VAPID_PRIVATE_KEY``."""
    try:
        _private_key(text)
    except ValueError:
        return False
    return True


def _private_key(text: str) -> ec.EllipticCurvePrivateKey:
    if not _PRIVATE_KEY.fullmatch(text):
        raise ValueError("not 32 bytes of base64url")
    return ec.derive_private_key(int.from_bytes(_bytes(text)), ec.SECP256R1())


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
