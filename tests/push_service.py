"""A push service of our own, and a phone that can read what it takes."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.lib import outgoing, push
from tests import tls_server
from tests.tls_server import OtherServer

HOST = "push.example.test"
MESSAGE = push.Message({"kind": "request", "title": "Brand", "text": "Ünlock", "until": 7}, ttl=60, topic="t")


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token_and_key(value: str) -> tuple[str, str]:
    """Take ``vapid t=...,k=...`` apart."""
    parts = dict(part.split("=", 1) for part in value.removeprefix("vapid ").split(","))
    return parts["t"], parts["k"]


@dataclass
class PhoneKeys:
    """What a browser keeps to itself of a subscription."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    def subscription(self, endpoint: str = "https://fcm.googleapis.com/fcm/send/one") -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": endpoint, "p256dh": text(point), "auth": text(self.auth)}

    def read(self, body: bytes) -> dict[str, object]:
        """Open a message as RFC 8291 says."""
        return json.loads(http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"))


class PushService(OtherServer):
    """Takes messages for one phone."""

    @property
    def endpoint(self) -> str:
        return f"{self.origin}/send/one"


def here(authority: str, addresses: tuple[str, ...] = ("127.0.0.1",)) -> outgoing.Network:
    return tls_server.here(outgoing.Network, authority, addresses)


@contextmanager
def running(folder: Path, host: str = HOST) -> Iterator[tuple[PushService, str]]:
    """Run a push service with the certificate of ``host``; give it, and the file of its authority."""
    service = PushService(HOST)
    with tls_server.running(service, folder, named=host) as authority:
        yield service, authority
