"""What a push message holds: encrypted for one phone, signed for one push service."""

import base64

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from py_vapid.jwt import decode

from portal.lib import push
from portal.lib.push.messages import encrypted, headers
from tests.conftest import Clock
from tests.push_service import MESSAGE, PhoneKeys, token_and_key

SERVICES = [
    "https://fcm.googleapis.com/fcm/send/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://db5p.notify.windows.com/w/?token=BQYAAA%2fx%3d",
]


def raw(written: str) -> bytes:
    joined = "".join(written.split())
    return base64.urlsafe_b64decode(joined + "=" * (-len(joined) % 4))


def test_the_library_gives_the_example_of_rfc_8291_appendix_a():
    """The published values, fed to the library the portal encrypts with."""
    sender = ec.derive_private_key(int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1())
    phone = raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")

    encrypted = http_ece.encrypt(
        b"When I grow up, I want to be a watermelon",
        salt=raw("DGv6ra1nlYgDCS1FRnbzlw"),
        private_key=sender,
        dh=phone,
        auth_secret=raw("BTBZMqHH6r4Tts7J_aSIgg"),
        version="aes128gcm",
    )

    assert encrypted == raw(
        """DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml
           mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT
           pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"""
    )


def test_only_the_phone_reads_it_and_no_two_messages_look_alike():
    phone = PhoneKeys()
    to = push.Subscription(**phone.subscription())

    first, second = encrypted(MESSAGE, to), encrypted(MESSAGE, to)

    assert phone.read(first) == phone.read(second) == MESSAGE.payload
    assert not {first[:16], first[21:86]} & {second[:16], second[21:86]}
    assert b"request" not in first
    with pytest.raises(http_ece.ECEException):
        PhoneKeys().read(first)


def test_each_push_service_gets_a_signature_made_for_it_alone(clock: Clock, settings):
    signed = [headers(MESSAGE, push.check_endpoint(url), now=clock.now)["Authorization"] for url in SERVICES]

    claims = [decode(*token_and_key(value)) for value in signed]

    assert [claim["aud"] for claim in claims] == [
        "https://fcm.googleapis.com",
        "https://updates.push.services.mozilla.com",
        "https://db5p.notify.windows.com",
    ]
    for claim, value in zip(claims, signed, strict=True):
        assert Vapid02.verify(value)
        assert 0 < claim["exp"] - clock.now.timestamp() <= 24 * 3600
        assert claim["sub"] == f"mailto:{settings.PORTAL_SECURITY_EMAIL}"


def test_a_fresh_pair_belongs_together_and_is_never_the_same():
    private = push.new_private_key()

    public = raw(push.public_key_of(private))

    assert (len(raw(private)), len(public), public[0]) == (32, 65, 4)
    assert private != push.new_private_key()
