"""An authenticator in software: makes passkeys and answers with them, rightly or as it is told to."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from webauthn.helpers import encode_cbor

from portal.lib.passkeys import decoded, encoded

PRESENT, VERIFIED, MAY_SYNC, SYNCED, HAS_KEY = 1, 4, 8, 16, 64


@dataclass
class Authenticator:
    """One passkey on one device. ``kind``: ES256, EdDSA or RS256; ``count``: its counter, 0 for one that has none."""

    origin: str
    rp_id: str
    kind: str = "ES256"
    count: int = 0
    flags: int = PRESENT | VERIFIED
    client_data: dict[str, Any] = field(default_factory=dict)
    handle: str = ""
    credential_id: str = field(default_factory=lambda: encoded(secrets.token_bytes(32)))

    @cached_property
    def _key(self) -> Any:
        if self.kind == "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        if self.kind == "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        return rsa.generate_private_key(65537, 2048)

    @property
    def cose(self) -> dict[int, Any]:
        public = self._key.public_key()
        if self.kind == "ES256":
            numbers = public.public_numbers()
            return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        if self.kind == "EdDSA":
            return {1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()}
        numbers = public.public_numbers()
        return {1: 3, 3: -257, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create()``."""
        self.handle = options["user"]["id"]
        raw_id = decoded(self.credential_id)
        attested = bytes(16) + len(raw_id).to_bytes(2) + raw_id + encode_cbor(self.cose)
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(HAS_KEY) + attested}
        response = {
            "clientDataJSON": encoded(self._client_data("webauthn.create", options["challenge"])),
            "attestationObject": encoded(encode_cbor(statement)),
            "transports": ["internal", "hybrid"],
        }
        return self._answer(response)

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get()``; the counter counts, unless there is none."""
        self.count += self.count > 0
        data, told = self._data(), self._client_data("webauthn.get", options["challenge"])
        response = {
            "clientDataJSON": encoded(told),
            "authenticatorData": encoded(data),
            "signature": encoded(self._signature(data + hashlib.sha256(told).digest())),
            "userHandle": self.handle,
        }
        return self._answer(response)

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": self.credential_id, "rawId": self.credential_id, "type": "public-key", "response": response}

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told | self.client_data).encode()

    def _signature(self, signed: bytes) -> bytes:
        if self.kind == "ES256":
            return self._key.sign(signed, ec.ECDSA(hashes.SHA256()))
        if self.kind == "EdDSA":
            return self._key.sign(signed)
        return self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
