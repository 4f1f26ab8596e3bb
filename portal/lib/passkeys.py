"""Verification of passkey responses (W3C Web Authentication, Level 3), on py_webauthn.

Every byte read here comes from strangers, so anything wrong ends in the same refusal: ``Unproved``.
See docs/decisions/0014-passkeys.md.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography, encode_cbor, parse_cbor
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm
from webauthn.helpers.structs import CredentialDeviceType

OFFERED = (Algorithm.ECDSA_SHA_256, Algorithm.EDDSA, Algorithm.RSASSA_PKCS1_v1_5_SHA_256)
LONGEST_ANSWER = 20_000  # characters; the longest of real authenticators is a quarter of that
_LONGEST_ID = 1023  # bytes (section 4, Credential ID)
_LONGEST_KEY = 2048  # bytes; an RSA key of 4096 bits takes 528
_TYPE = "public-key"
_TRANSPORTS = {"ble", "hybrid", "internal", "nfc", "smart-card", "usb"}


class Unproved(Exception):
    """A response is invalid: unreadable, for another site or challenge, without user verification, or badly signed."""


@dataclass(frozen=True)
class Terms:
    """What a response must be for. The site: ``rp_id`` is its host, ``origin`` its scheme and host (and port).

    ``asks_person``: user verification is required (PIN, finger or face); ``embedded``: the page may have been
    inside another site's.
    """

    rp_id: str
    origin: str
    asks_person: bool = True
    embedded: bool = False
    algorithms: Sequence[Algorithm] = OFFERED


@dataclass(frozen=True)
class NewPasskey:
    """What is stored of a new passkey. ``public_key``: COSE. ``is_synced``: it may exist on several devices."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool
    transports: list[str]


@dataclass(frozen=True)
class Assertion:
    """A passkey's response to a challenge, parsed but not verified. ``user_handle``: empty if it names nobody."""

    credential_id: str
    user_handle: bytes
    client_data: bytes
    parts: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """What a verified response also tells: the signature counter, and whether the passkey may be synced."""

    sign_count: int
    is_synced: bool


def encoded(raw: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: object) -> bytes:
    """Return the bytes of base64url without padding; each value has one encoding. Raises: ``Unproved``."""
    with _one_refusal():
        raw = base64.urlsafe_b64decode(f"{text}{'=' * (-len(str(text)) % 4)}")
        if encoded(raw) != text:
            raise ValueError("not the one spelling of base64url")
        return raw


def read(text: str | bytes) -> dict[str, Any]:
    """Parse the JSON object that the browser sent for a passkey. Raises: ``Unproved``."""
    with _one_refusal():
        if len(text) > LONGEST_ANSWER:
            raise ValueError("too long")
        return dict(json.loads(text))


def check_new(answer: dict[str, Any], *, challenge: bytes, terms: Terms) -> NewPasskey:
    """Verify the result of ``navigator.credentials.create()`` (section 7.1). Raises: ``Unproved``.

    The attestation statement is dropped, as browsers do if it is not requested: we do not request it, and
    would not trust it.
    """
    with _one_refusal():
        parts = _parts(answer, "clientDataJSON", "attestationObject")
        _check_client_data(decoded(parts["clientDataJSON"]), challenge=challenge, terms=terms)
        parts["attestationObject"] = _without_statement(decoded(parts["attestationObject"]))
        found = verify_registration_response(
            credential=_for_library(answer, parts),
            expected_challenge=challenge,
            expected_rp_id=terms.rp_id,
            expected_origin=terms.origin,
            require_user_verification=terms.asks_person,
            supported_pub_key_algs=list(terms.algorithms),
        )
        _check_kept(answer, found.credential_id, found.credential_public_key)
        return NewPasskey(
            credential_id=found.credential_id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            is_synced=found.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
            transports=_transports(answer),
        )


def read_assertion(answer: dict[str, Any]) -> Assertion:
    """Parse the result of ``navigator.credentials.get()``, to look up its passkey. Raises: ``Unproved``."""
    with _one_refusal():
        parts = _parts(answer, "clientDataJSON", "authenticatorData", "signature")
        handle = answer["response"].get("userHandle")
        return Assertion(
            credential_id=answer["id"],
            user_handle=decoded(handle) if handle is not None else b"",
            client_data=decoded(parts["clientDataJSON"]),
            parts=_for_library(answer, parts),
        )


def check_assertion(assertion: Assertion, *, public_key: bytes, challenge: bytes, terms: Terms) -> Shown:
    """Verify that this passkey signed this challenge for this site, with user verification (section 7.2).

    The counter is left to the caller, since it means nothing until the signature is verified.
    Raises: ``Unproved``.
    """
    with _one_refusal():
        _check_client_data(assertion.client_data, challenge=challenge, terms=terms)
        found = verify_authentication_response(
            credential=assertion.parts,
            expected_challenge=challenge,
            expected_rp_id=terms.rp_id,
            expected_origin=terms.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=terms.asks_person,
        )
        return Shown(found.new_sign_count, found.credential_device_type == CredentialDeviceType.MULTI_DEVICE)


@contextmanager
def _one_refusal() -> Iterator[None]:
    try:
        yield
    except Unproved:
        raise
    except Exception as error:  # parsers of CBOR and keys raise all kinds of errors over odd bytes
        raise Unproved(f"{type(error).__name__}: {error}"[:200]) from error


def _parts(answer: dict[str, Any], *names: str) -> dict[str, str]:
    """Return these parts of a response, each checked to be text in the canonical encoding."""
    if answer["type"] != _TYPE or answer["id"] != answer["rawId"] or len(decoded(answer["id"])) > _LONGEST_ID:
        raise ValueError("not the answer of one passkey")
    parts = {name: answer["response"][name] for name in names}
    for text in parts.values():
        decoded(text)
    return parts


def _for_library(answer: dict[str, Any], parts: dict[str, str]) -> dict[str, Any]:
    return {"id": answer["id"], "rawId": answer["id"], "type": _TYPE, "response": parts}


def _check_client_data(raw: bytes, *, challenge: bytes, terms: Terms) -> None:
    """Check what the library does not: the challenge's encoding, and that the page was not embedded."""
    data = json.loads(raw.decode())
    if data["challenge"] != encoded(challenge):
        raise ValueError("another challenge")
    if not terms.embedded and (data.get("crossOrigin", False) is not False or "topOrigin" in data):
        raise ValueError("the page stood inside another site's")


def _without_statement(attestation: bytes) -> str:
    bare = {"fmt": "none", "attStmt": {}, "authData": parse_cbor(attestation)["authData"]}
    return encoded(encode_cbor(bare))


def _check_kept(answer: dict[str, Any], credential_id: bytes, public_key: bytes) -> None:
    """Check that the passkey is the one that the response names, and that its key is valid."""
    if encoded(credential_id) != answer["id"] or len(public_key) > _LONGEST_KEY:
        raise ValueError("not the passkey that the answer names")
    decoded_public_key_to_cryptography(decode_credential_public_key(public_key))


def _transports(answer: dict[str, Any]) -> list[str]:
    told = answer["response"].get("transports")
    return sorted({way for way in told if isinstance(way, str)} & _TRANSPORTS) if isinstance(told, list) else []
