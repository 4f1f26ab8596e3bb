"""A phone in 200 lines: it speaks the Key's HTTP API as docs/reference/key-api.md says, and nothing else.

``Phone()`` talks to the portal through Django's test client; give it an ``address`` to talk to a running server.
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.test import Client

from accounts.policies.keys import totp
from portal.lib import clock

API = "/key/api/v1/"
VERSION = "1.0"


@dataclass
class Said:
    """What the portal answered."""

    status: int
    body: dict[str, Any]

    @property
    def cause(self) -> str:
        """Return the cause code of a refusal, empty for none."""
        return self.body.get("cause", "")

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_half(key: ec.EllipticCurvePrivateKey) -> str:
    """Return x and y as the API writes them."""
    numbers = key.public_key().public_numbers()
    return base64url(numbers.x.to_bytes(32) + numbers.y.to_bytes(32))


def signature(key: ec.EllipticCurvePrivateKey, text: str) -> str:
    """Return r and s as the API writes them."""
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return base64url(r.to_bytes(32) + s.to_bytes(32))


def signed_text(method: str, path: str, body: bytes, time: int, nonce: str) -> str:
    return "\n".join(["gatehouse-key-call-v1", method, path, hashlib.sha256(body).hexdigest(), str(time), nonce])


@dataclass
class Phone:
    """One phone with the Key app. What it holds lies open, so that a test can break it."""

    name: str = "Ann's Pixel"
    address: str = ""  # of a running server, such as http://127.0.0.1:8000; empty for the test client
    client: Client = field(default_factory=Client)
    version: str = VERSION
    reference: str = ""
    pairing: str = ""
    number: str = ""  # to compare with the other screen
    seeds: dict[str, str] = field(default_factory=dict)  # base32, by the id of the Key
    accounts: dict[str, str] = field(default_factory=dict)  # username, by the id of the Key
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    fast: int = 0  # seconds by which its clock is fast

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Said:
        """Sign and send one call; ``headers`` replace what it would send (``key_nonce="..."``)."""
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(method, API + path, raw, self.headers(method, API + path, raw, **headers))

    def headers(self, method: str, path: str, raw: bytes, **instead: str) -> dict[str, str]:
        """Return the headers of a signed call; the signature covers those given instead."""
        time = instead.get("key_time", str(int(clock.now().timestamp()) + self.fast))
        nonce = instead.get("key_nonce", base64url(secrets.token_bytes(16)))
        made = {
            "Key-Phone": self.reference,
            "Key-Version": self.version,
            "Key-Time": time,
            "Key-Nonce": nonce,
            "Key-Signature": signature(self.key, signed_text(method, path, raw, time, nonce)),
        }
        return made | {name.replace("_", "-").title(): value for name, value in instead.items()}

    def send(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Said:
        """Send a call as it stands."""
        if self.address:
            return self._send_over_the_wire(method, path, raw, headers)
        answer = self.client.generic(method, path, raw, content_type="application/json", headers=headers)
        return Said(answer.status_code, answer.json())

    def _send_over_the_wire(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Said:
        asked = urllib.request.Request(self.address + path, data=raw or None, headers=headers, method=method)
        asked.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return Said(answer.status, json.load(answer))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Said(refusal.code, json.load(refusal))

    # --- Setting up -----------------------------------------------------------------------------------------------
    def pair(self, code: str) -> Said:
        """Come with a pairing code; a new phone brings its key along."""
        known = {} if self.reference else {"public_key": public_half(self.key), "name": self.name}
        said = self.call("POST", "pair/", {"code": code, **known})
        if said.status == 200:
            self.reference, self.pairing, self.number = said["phone"], said["pairing"], said["number"]
        return said

    def confirm(self) -> Said:
        """Ask for the secrets; 202 until the person has said that the numbers match."""
        said = self.call("POST", "confirm/", {"pairing": self.pairing})
        for item in said.body.get("keys", ()):
            self.seeds[item["key"]], self.accounts[item["key"]] = item["secret"], item["account"]
        return said

    def prove(self, **codes_instead: str) -> Said:
        """Finish a move: one code of each new seed."""
        mine = {key: self.code(key) for key in self.seeds}
        return self.call("POST", "prove/", {"pairing": self.pairing, "codes": mine | codes_instead})

    def code(self, key: str = "", *, steps: int = 0) -> str:
        """Return the code of a Key, or of the only one; ``steps`` of 30 s later."""
        seed = self.seeds[key or next(iter(self.seeds))]
        moment = clock.now() + timedelta(seconds=self.fast + 30 * steps)
        return totp.at_step(totp.decode_secret(seed), totp.step_at(moment.timestamp()))

    # --- Requests -------------------------------------------------------------------------------------------------
    def requests(self) -> Said:
        """Look what waits, and forget the Keys that are off."""
        said = self.call("GET", "requests/")
        if said.status == 200:
            live = {item["key"] for item in said["keys"]}
            self.seeds = {key: seed for key, seed in self.seeds.items() if key in live}
        return said

    def approve(self, request: dict[str, Any], number: str) -> Said:
        """Type the number of the sign-in page."""
        return self.answer(request, "approve", number)

    def deny(self, request: dict[str, Any], reason: str = "not_me") -> Said:
        """Refuse, saying why."""
        return self.answer(request, "deny", reason)

    def answer(self, request: dict[str, Any], decision: str, said: str) -> Said:
        """Sign an answer and send it; ``said``: the number, or the reason."""
        number = said if decision == "approve" else ""
        time = int(clock.now().timestamp()) + self.fast
        text = ["gatehouse-key-answer-v1", request["request"], request["account"], decision, number, str(time)]
        body = {"decision": decision, "time": time, "signature": signature(self.key, "\n".join(text))}
        body["number" if decision == "approve" else "reason"] = said
        return self.call("POST", f"requests/{request['request']}/answer/", body)

    # --- Life -----------------------------------------------------------------------------------------------------
    def transfer(self) -> Said:
        """Start a move from this phone to another."""
        said = self.call("POST", "transfer/", {})
        self.pairing = said.body.get("pairing", self.pairing)
        return said

    def transfer_state(self) -> Said:
        return self.call("POST", "transfer/state/", {"pairing": self.pairing})

    def match(self, *, matches: bool = True) -> Said:
        """Say that the numbers on both phones are the same, or not."""
        return self.call("POST", "transfer/match/", {"pairing": self.pairing, "matches": matches})

    def rotate(self) -> Said:
        """Renew the signing key: the old one signs the call, the new one says that it belongs to this phone."""
        new = new_key()
        text = f"gatehouse-key-rotate-v1\n{self.reference}\n{public_half(new)}"
        said = self.call("POST", "rotate/", {"public_key": public_half(new), "proof": signature(new, text)})
        self.key = new if said.status == 200 else self.key
        return said

    def remove(self, key: str = "") -> Said:
        """Turn off one Key, or the phone with all of them."""
        return self.call("POST", "remove/", {"key": key} if key else {"all": True})

    def rename(self, name: str) -> Said:
        return self.call("POST", "rename/", {"name": name})

    def allow_browser(self, number: str) -> Said:
        """Type the number of a browser that is to try to sign in."""
        return self.call("POST", "browser/", {"number": number})

    def tell_clock(self, offset: int) -> Said:
        return self.call("POST", "clock/", {"offset": offset})

    def subscribe(self, subscription: dict[str, str]) -> Said:
        """Say where notifications go to; ``{}`` for nowhere."""
        return self.call("POST", "push/", subscription)

    def test_push(self) -> Said:
        return self.call("POST", "push/test/", {})
