"""Field encryption at rest (AES-256-GCM) with a key ring outside the database.

An encrypted text is ``v1:<key id>:<base64 of nonce + ciphertext + tag>``. The associated
data names table, column and row, so a value copied to another row cannot be decrypted.
The first key of ``PORTAL_FIELD_KEYS`` encrypts, every key decrypts.
See docs/decisions/0004-field-encryption.md.
"""

import base64
import binascii
import functools
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE_BYTES = 12
_KEY_BYTES = 32


class DecryptionError(Exception):
    """An encrypted value cannot be decrypted: altered, moved to another row, or its key is gone."""


@functools.lru_cache(maxsize=8)
def _ring(declared: str) -> dict[str, AESGCM]:
    ring: dict[str, AESGCM] = {}
    for part in declared.split(","):
        name, _, material = part.strip().partition(":")
        key = _decoded(material)
        if not name or name in ring or len(key) != _KEY_BYTES:
            raise ImproperlyConfigured("PORTAL_FIELD_KEYS must be id:base64 of 32 bytes, comma-separated, no id twice.")
        ring[name] = AESGCM(key)
    return ring


def _decoded(material: str) -> bytes:
    try:
        return base64.b64decode(material, validate=True)
    except (ValueError, binascii.Error):
        return b""


def encrypt(plain: str, *, bound_to: str) -> str:
    """Encrypt with the newest key."""
    ring = _ring(settings.PORTAL_FIELD_KEYS)
    name = next(iter(ring))
    nonce = os.urandom(_NONCE_BYTES)
    body = nonce + ring[name].encrypt(nonce, plain.encode(), bound_to.encode())
    return f"v1:{name}:{base64.b64encode(body).decode()}"


def decrypt(encrypted: str, *, bound_to: str) -> str:
    """Decrypt, or raise ``DecryptionError``; every failure looks alike."""
    try:
        version, name, encoded = encrypted.split(":")
        body = base64.b64decode(encoded, validate=True)
        key = _ring(settings.PORTAL_FIELD_KEYS)[name]
        if version != "v1":
            raise DecryptionError
        return key.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], bound_to.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise DecryptionError from error
