"""ECDSA signatures on P-256 with SHA-256, as WebCrypto makes them: raw r and s, 64 bytes (IEEE P1363)."""

import base64
import binascii
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

_RAW = re.compile(r"[A-Za-z0-9_-]{86}")  # 64 bytes, base64url without padding
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group (FIPS 186-5)


class NotAPoint(ValueError):
    """The bytes are not a public key on P-256."""


def public_key(encoded: str) -> ec.EllipticCurvePublicKey:
    """Return the public key for x and y, 64 bytes in base64url without padding. Raises: ``NotAPoint``."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + _decoded(encoded))
    except ValueError as error:
        raise NotAPoint from error


def is_signed(text: bytes, signature: str, *, by: str) -> bool:
    """Verify the signature of ``text`` with the public key ``by``; only the canonical encoding passes.

    Raises: ``NotAPoint`` if ``by`` is not a key.
    """
    key = public_key(by)
    try:
        raw = _decoded(signature)
    except ValueError:
        return False
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        return False
    try:
        key.verify(utils.encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _decoded(encoded: str) -> bytes:
    """Return 64 bytes, or raise ValueError; each value has exactly one encoding."""
    if not _RAW.fullmatch(encoded):
        raise ValueError("not 64 bytes of base64url")
    try:
        raw = base64.urlsafe_b64decode(encoded + "==")
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != encoded:
        raise ValueError("not the one spelling of these bytes")
    return raw
