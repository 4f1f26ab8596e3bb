"""A push service of our own: TLS with a certificate made on the spot, and a phone that can read what it takes."""

import base64
import json
import os
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from portal.lib import push

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


@dataclass
class Taken:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class PushService:
    """Says ``status`` to every request; ``behaviour`` takes the connection's place where that is not enough."""

    def __init__(self) -> None:
        self.status, self.location = 201, ""
        self.behaviour = None
        self.taken: list[Taken] = []
        self.port = 0

    @property
    def endpoint(self) -> str:
        return f"https://{HOST}:{self.port}/send/one"


class Here(push.Network):
    """A network in which every name is on this machine, and this machine may be reached."""

    def __init__(self, authority: str, addresses: tuple[str, ...] = ("127.0.0.1",)) -> None:
        self.authority, self.answers, self.looked_up = authority, addresses, []

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append((host, port))
        return list(self.answers)

    def may_reach(self, address: str) -> bool:
        return ip_address(address).is_loopback

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)


def certificate(folder: Path, host: str) -> tuple[str, str]:
    """Make a certificate that signs itself, and return the files of it and of its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / f"{host}.pem", folder / f"{host}.key"
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(chain), str(private)


@contextmanager
def running(folder: Path, host: str = HOST) -> Iterator[tuple[PushService, str]]:
    """Run a push service with the certificate of ``host``; give it, and the file of its authority."""
    chain, private = certificate(folder, host)
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append(Taken(self.path, dict(self.headers), body))
            if service.behaviour:
                service.behaviour(self)
                return
            self.send_response(service.status)
            if service.location:
                self.send_header("Location", service.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None  # a client that hangs up is what some tests are about
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield service, chain
    server.shutdown()
    server.server_close()
    thread.join()
