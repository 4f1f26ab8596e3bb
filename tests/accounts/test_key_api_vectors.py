"""Published signatures on P-256 with SHA-256 get the verdict they are published with."""

import base64
import json
from collections.abc import Iterator
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from portal.lib import p256
from tests.conftest import VECTORS
from tests.phone import base64url

RAW, DER = "ecdsa_secp256r1_sha256_p1363_test.json", "ecdsa_secp256r1_sha256_test.json"


@cache
def groups(name: str) -> list[dict]:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))["testGroups"]


def vectors(name: str) -> Iterator[tuple[str, bytes, bytes, bool, str]]:
    """Yield the public key in our spelling, text, signature, verdict, and what it is about."""
    for group in groups(name):
        key = base64url(bytes.fromhex(group["publicKey"]["uncompressed"])[1:])
        for test in group["tests"]:
            text, signature = bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])
            yield key, text, signature, test["result"] == "valid", f"{test['tcId']} {test['comment']}"


def test_every_raw_signature_gets_its_verdict():
    verdicts = [
        (p256.is_signed(text, base64url(signature), by=key), valid, about)
        for key, text, signature, valid, about in vectors(RAW)
    ]

    assert [about for given, valid, about in verdicts if given is not valid] == []
    assert {valid for _given, valid, _about in verdicts} == {True, False}
    assert len(verdicts) == 262


def test_no_signature_passes_in_der():
    passed = [
        about
        for key, text, signature, _valid, about in vectors(DER)
        if p256.is_signed(text, base64url(signature), by=key)
    ]

    assert passed == []
    assert len(list(vectors(DER))) == 484


def converted(signature: bytes) -> str | None:
    """Return a DER signature as raw r and s, or None where it is none or they do not fit."""
    try:
        r, s = decode_dss_signature(signature)
        return base64url(r.to_bytes(32) + s.to_bytes(32))
    except (ValueError, OverflowError):
        return None


def test_every_der_signature_gets_its_verdict_once_it_is_written_raw():
    verdicts = [
        (raw is not None and p256.is_signed(text, raw, by=key), valid, about)
        for key, text, signature, valid, about in vectors(DER)
        for raw in [converted(signature)]
    ]

    assert [about for given, valid, about in verdicts if given is not valid] == []


def one() -> tuple[str, bytes, str]:
    """Return a key, a text and a right signature."""
    key, text, signature, _valid, _about = next(vector for vector in vectors(RAW) if vector[3])
    return key, text, base64url(signature)


@pytest.mark.parametrize("spelling", ["padded", "standard alphabet", "broken over lines", "hex", "spare bits", "cut"])
def test_another_spelling_of_a_right_signature_is_refused(spelling: str):
    key, text, right = next(
        (key, text, base64url(signature))
        for key, text, signature, valid, _about in vectors(RAW)
        if valid and {"-", "_"} & set(base64url(signature))
    )
    raw = base64.urlsafe_b64decode(right + "==")
    other = {
        "padded": right + "==",
        "standard alphabet": base64.b64encode(raw).decode().rstrip("="),
        "broken over lines": right[:43] + "\n" + right[43:],
        "hex": raw.hex(),
        "spare bits": right[:-1] + chr(ord(right[-1]) + 1),
        "cut": right[:-1],
    }[spelling]

    assert p256.is_signed(text, right, by=key)
    assert not p256.is_signed(text, other, by=key)


@pytest.mark.parametrize("key", ["", "A" * 86, "A" * 85 + "=", "é" * 86, "04" * 64])
def test_what_is_no_public_key_is_refused(key: str):
    with pytest.raises(p256.NotAPoint):
        p256.is_signed(b"", "A" * 86, by=key)


def test_a_key_off_the_curve_is_refused():
    key, _text, _signature = one()

    with pytest.raises(p256.NotAPoint):
        p256.public_key(("A" if key[0] != "A" else "B") + key[1:])
