"""Phones of a demo: known by a public key in the file, so that whoever holds the private half can play them."""

import base64
import hashlib

from accounts.demo.records import Record
from portal.lib import p256

_PLACEHOLDER = "base64url"  # what an example writes for a coordinate: a phone nobody plays
_COORDINATE = rf"[A-Za-z0-9_-]{{43}}|{_PLACEHOLDER}"  # 32 bytes, base64url without padding
_REFERENCE_BYTES = 16


def public_key(record: Record) -> str:
    """Return the key of a phone, read from its JWK (RFC 7518, section 6.2), as the Key's API writes it.

    Empty for an example's placeholder.
    """
    record.choice("kty", ["EC"])
    record.choice("crv", ["P-256"])
    x, y = (record.text(name, pattern=_COORDINATE) for name in ("x", "y"))
    record.close()
    if not (x and y) or x == y == _PLACEHOLDER:
        return ""
    point = b"".join(base64.urlsafe_b64decode(part + "=") for part in (x, y))
    found = base64.urlsafe_b64encode(point).decode().rstrip("=")
    try:
        p256.public_key(found)
    except p256.NotAPoint:
        record.complain("", "is not a point on P-256")
        return ""
    return found


def reference_of(key: str) -> str:
    """Return the reference of a phone of a demo: the same in every run, and in no way secret."""
    digest = hashlib.sha256(key.encode()).digest()[:_REFERENCE_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
