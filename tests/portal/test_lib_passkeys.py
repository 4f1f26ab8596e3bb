"""What passkeys say, checked against the W3C's own examples and against whatever else a stranger may send."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from portal.lib import passkeys
from portal.lib.passkeys import Terms, Unproved, decoded, encoded
from tests.authenticator import MAY_SYNC, PRESENT, SYNCED, VERIFIED, Authenticator
from tests.conftest import VECTORS

SITE = Terms(rp_id="portal.example", origin="https://portal.example")
CHALLENGE = bytes(range(32))
# What the examples show besides what we ask for: no verified person, a page inside another, an algorithm more.
LENIENT = Terms(
    "example.org", "https://example.org", asks_person=False, embedded=True, algorithms=list(COSEAlgorithmIdentifier)
)
STRICT = replace(LENIENT, asks_person=True, embedded=False, algorithms=passkeys.OFFERED)
TITLES = [
    "ES256 Credential with No Attestation",
    "ES256 Credential with Self Attestation",
    'ES256 Credential with "crossOrigin": true in clientDataJSON',
    'ES256 Credential with "topOrigin" in clientDataJSON',
    "ES256 Credential with very long credential ID",
    "Packed Attestation with ES256 Credential",
    "Packed Attestation with ES384 Credential",
    "Packed Attestation with ES512 Credential",
    "Packed Attestation with RS256 Credential",
    "Packed Attestation with Ed25519 Credential",
    "Packed Attestation with Ed448 Credential",
    "TPM Attestation with ES256 Credential",
    "Android Key Attestation with ES256 Credential",
    "Apple Anonymous Attestation with ES256 Credential",
    "FIDO U2F Attestation with ES256 Credential",
]
# Not offered when a passkey is made, so none of ours has them; the library does not check them either.
NOT_CHECKED = {"Packed Attestation with ES384 Credential", "Packed Attestation with Ed448 Credential"}
NOT_OFFERED = NOT_CHECKED | {"Packed Attestation with ES512 Credential"}


@cache
def vectors() -> dict[str, dict[str, Any]]:
    every = json.loads((VECTORS / "webauthn_l3_test_vectors.json").read_text(encoding="utf-8"))["vectors"]
    return {vector["title"]: vector for vector in every if "registration" in vector}


def answer_of(vector: dict[str, Any], step: str, *names: str) -> tuple[dict[str, Any], bytes]:
    """Return what the browser would send at this step, and the challenge."""
    facts, credential = vector[step], encoded(bytes.fromhex(vector["registration"]["credential_id"]))
    response = {name: encoded(bytes.fromhex(facts[name])) for name in names}
    sent = {"id": credential, "rawId": credential, "type": "public-key", "response": response}
    return sent, bytes.fromhex(facts["challenge"])


def made(vector: dict[str, Any], terms: Terms) -> passkeys.NewPasskey:
    sent, challenge = answer_of(vector, "registration", "clientDataJSON", "attestationObject")
    return passkeys.check_new(sent, challenge=challenge, terms=terms)


def signed(vector: dict[str, Any], public_key: bytes, terms: Terms) -> passkeys.Shown:
    sent, challenge = answer_of(vector, "authentication", "clientDataJSON", "authenticatorData", "signature")
    read = passkeys.read_assertion(sent)
    return passkeys.check_assertion(read, public_key=public_key, challenge=challenge, terms=terms)


def test_every_example_of_the_standard_is_tried():
    assert sorted(vectors()) == sorted(TITLES)


@pytest.mark.promise("SIGN-9")
@pytest.mark.parametrize("title", [title for title in TITLES if title not in NOT_CHECKED])
def test_a_passkey_of_the_standard_is_made_and_signs(title: str):
    vector = vectors()[title]

    new = made(vector, LENIENT)

    assert new.credential_id.hex() == vector["registration"]["credential_id"]
    assert signed(vector, new.public_key, LENIENT).is_synced == new.is_synced


@pytest.mark.parametrize("title", sorted(NOT_CHECKED))
def test_an_algorithm_that_we_do_not_offer_is_refused(title: str):
    with pytest.raises(Unproved, match="Unsupported credential public key"):
        made(vectors()[title], LENIENT)


def verified(vector: dict[str, Any], step: str) -> bool:
    if step == "authentication":
        return bool(bytes.fromhex(vector[step]["authenticatorData"])[32] & VERIFIED)
    return bool(passkeys.parse_cbor(bytes.fromhex(vector[step]["attestationObject"]))["authData"][32] & VERIFIED)


def embedded(vector: dict[str, Any], step: str) -> bool:
    return json.loads(bytes.fromhex(vector[step]["clientDataJSON"])).get("crossOrigin", False)


@pytest.mark.promise("SIGN-9")
@pytest.mark.parametrize("title", TITLES)
def test_under_our_own_terms_an_example_counts_only_with_its_person_verified_and_a_page_by_itself(title: str):
    vector = vectors()[title]
    makes = verified(vector, "registration") and not embedded(vector, "registration") and title not in NOT_OFFERED
    signs = verified(vector, "authentication") and not embedded(vector, "authentication")

    if makes:
        assert made(vector, STRICT)
    else:
        with pytest.raises(Unproved):
            made(vector, STRICT)
    if title in NOT_CHECKED:
        return
    public_key = made(vector, LENIENT).public_key
    if signs:
        assert signed(vector, public_key, STRICT)
    else:
        with pytest.raises(Unproved):
            signed(vector, public_key, STRICT)


@pytest.mark.parametrize("title", [title for title in TITLES if title not in NOT_CHECKED])
def test_one_bit_changed_in_what_an_example_signed_is_refused(title: str):
    vector = vectors()[title]
    public_key = made(vector, LENIENT).public_key
    sent, challenge = answer_of(vector, "authentication", "clientDataJSON", "authenticatorData", "signature")

    for name, text in sent["response"].items():
        raw = decoded(text)
        for place in range(0, len(raw), 1 if name != "signature" else 3):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            other = sent | {"response": sent["response"] | {name: encoded(changed)}}
            with pytest.raises(Unproved):
                passkeys.check_assertion(
                    passkeys.read_assertion(other), public_key=public_key, challenge=challenge, terms=LENIENT
                )


# --- Our own passkeys --------------------------------------------------------------------------------


def creation() -> dict[str, Any]:
    return {"challenge": encoded(CHALLENGE), "user": {"id": encoded(b"somebody")}}


def request() -> dict[str, Any]:
    return {"challenge": encoded(CHALLENGE)}


def authenticator(**facts: Any) -> Authenticator:
    return Authenticator(**{"origin": SITE.origin, "rp_id": SITE.rp_id} | facts)


def check(device: Authenticator, answer: dict[str, Any], challenge: bytes = CHALLENGE) -> passkeys.Shown:
    key = passkeys.encode_cbor(device.cose)
    return passkeys.check_assertion(passkeys.read_assertion(answer), public_key=key, challenge=challenge, terms=SITE)


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
@pytest.mark.parametrize("flags", [PRESENT | VERIFIED, PRESENT | VERIFIED | MAY_SYNC | SYNCED])
def test_each_algorithm_we_offer_makes_passkeys_and_signs(kind: str, flags: int):
    device = authenticator(kind=kind, flags=flags, count=7)

    new = passkeys.check_new(device.make(creation()), challenge=CHALLENGE, terms=SITE)

    assert (encoded(new.credential_id), new.sign_count) == (device.credential_id, 7)
    assert new.is_synced is bool(flags & MAY_SYNC)
    assert new.transports == ["hybrid", "internal"]
    assert check(device, device.sign(request())) == passkeys.Shown(8, bool(flags & MAY_SYNC))


WRONG = {
    "nobody was there": {"flags": VERIFIED},
    "the person was not verified": {"flags": PRESENT},
    "another site by address": {"origin": "https://portal.example.evil.test"},
    "without encryption": {"origin": "http://portal.example"},
    "another port": {"origin": "https://portal.example:444"},
    "another site by name": {"rp_id": "evil.test"},
    "a page inside another": {"client_data": {"crossOrigin": True}},
    "a page inside another, by its address": {"client_data": {"topOrigin": "https://evil.test"}},
    "odd word for inside": {"client_data": {"crossOrigin": 0}},
    "another purpose": {"client_data": {"type": "payment.get"}},
    "another challenge": {"client_data": {"challenge": encoded(bytes(32))}},
    "the challenge spelt otherwise": {"client_data": {"challenge": encoded(CHALLENGE) + "="}},
    "a challenge that is no text": {"client_data": {"challenge": [1]}},
    "an origin that is no text": {"client_data": {"origin": ["https://portal.example"]}},
    "synced, but never to be": {"flags": PRESENT | VERIFIED | SYNCED},
}


@pytest.mark.promise("SIGN-9")
@pytest.mark.parametrize("what", WRONG)
def test_an_answer_that_is_rightly_signed_but_shows_this_is_refused(what: str):
    device = authenticator(**WRONG[what])

    with pytest.raises(Unproved):
        passkeys.check_new(device.make(creation()), challenge=CHALLENGE, terms=SITE)
    with pytest.raises(Unproved):
        check(device, device.sign(request()))


def test_an_answer_to_another_challenge_is_refused():
    device = authenticator()

    with pytest.raises(Unproved):
        check(device, device.sign(request()), challenge=bytes(32))


def test_an_answer_of_another_passkey_is_refused():
    with pytest.raises(Unproved):
        check(authenticator(), authenticator().sign(request()))


@pytest.mark.promise("SIGN-9")
@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_one_character_changed_anywhere_in_an_answer_is_refused(kind: str):
    device = authenticator(kind=kind)
    device.make(creation())
    answer = device.sign(request())

    for name, text in answer["response"].items():
        if name == "userHandle":
            continue  # not signed: whoever looks the passkey up compares it
        for place, letter in enumerate(text):
            changed = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
            with pytest.raises(Unproved):
                check(device, answer | {"response": answer["response"] | {name: changed}})


def test_each_value_has_one_spelling():
    device = authenticator()
    answer = device.sign(request())
    signature = answer["response"]["signature"]

    for spelling in (
        signature + "=",
        signature + "\n",
        " " + signature,
        signature[:9] + "*" + signature[9:],
        None,
        5,
        [],
    ):
        with pytest.raises(Unproved):
            check(device, answer | {"response": answer["response"] | {"signature": spelling}})


def test_a_new_passkey_must_be_the_one_its_answer_names():
    device, other = authenticator(), authenticator()
    answer = device.make(creation()) | {"id": other.credential_id, "rawId": other.credential_id}

    with pytest.raises(Unproved):
        passkeys.check_new(answer, challenge=CHALLENGE, terms=SITE)


@pytest.mark.parametrize("change", [{-2: bytes(32)}, {-3: b""}, {3: -35}, {3: "x"}, {1: 9}, {-1: 99}])
def test_a_key_that_is_none_is_refused_when_the_passkey_is_made(change: dict[int, Any], monkeypatch):
    device = authenticator()
    cose = device.cose | change
    monkeypatch.setattr(Authenticator, "cose", cose)

    with pytest.raises(Unproved):
        passkeys.check_new(device.make(creation()), challenge=CHALLENGE, terms=SITE)


def test_the_statement_who_made_the_authenticator_is_not_read():
    device = authenticator()
    answer = device.make(creation())
    stated = passkeys.parse_cbor(decoded(answer["response"]["attestationObject"]))
    claimed = encoded(passkeys.encode_cbor(stated | {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"anything"}}))

    answer["response"]["attestationObject"] = claimed

    assert passkeys.check_new(answer, challenge=CHALLENGE, terms=SITE).transports == ["hybrid", "internal"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
PARTS = ("clientDataJSON", "authenticatorData", "attestationObject", "signature", "userHandle", "transports")
ANSWERS = st.fixed_dictionaries(
    {"id": JSON | st.just("AAAA"), "rawId": JSON | st.just("AAAA"), "type": JSON | st.just("public-key")},
    optional={"response": JSON | st.dictionaries(st.sampled_from(PARTS), JSON | st.binary().map(encoded))},
)


@given(ANSWERS | JSON)
def test_whatever_json_comes_is_one_refusal(answer: Any):
    for reader in (
        lambda: passkeys.check_new(passkeys.read(json.dumps(answer)), challenge=CHALLENGE, terms=SITE),
        lambda: passkeys.read_assertion(passkeys.read(json.dumps(answer))) and check(authenticator(), answer),
    ):
        with pytest.raises(Unproved):
            reader()


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=100))
def test_whatever_bytes_the_parts_hold_is_one_refusal(client_data: bytes, data: bytes, signature: bytes):
    device = authenticator()
    right = device.sign(request())["response"]
    for told in (encoded(client_data), right["clientDataJSON"]):
        parts = {"clientDataJSON": told, "authenticatorData": encoded(data), "attestationObject": encoded(data)}
        answer = device.sign(request()) | {"response": parts | {"signature": encoded(signature)}}
        with pytest.raises(Unproved):
            check(device, answer)
        with pytest.raises(Unproved):
            passkeys.check_new(answer, challenge=CHALLENGE, terms=SITE)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"1", b"null", b"\xff\xfe", b'"' + b"x" * 30_000 + b'"', b"[" * 15_000]
)
def test_what_is_no_object_of_bounded_length_is_refused(text: bytes):
    with pytest.raises(Unproved):
        passkeys.check_new(passkeys.read(text), challenge=CHALLENGE, terms=SITE)
