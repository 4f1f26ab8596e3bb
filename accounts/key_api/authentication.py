"""Authenticate Key API requests: signature, timestamp, one-time nonce. Format: docs/reference/key-api.md."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from accounts.actions import used_nonces
from accounts.enums import EndReason
from accounts.models import Key, Phone
from accounts.policies.keys import signed_messages
from accounts.refusals import (
    CallNotSigned,
    CallRepeated,
    CallTimeWrong,
    CallUnreadable,
    PhoneEnded,
    refusing,
    too_often,
)
from portal.lib import client, p256
from portal.lib.encryption import DecryptionError
from portal.throttle import limits
from portal.throttle.reserve import reserve

log = logging.getLogger("portal.security")

_SEEN_EVERY = timedelta(minutes=1)
_KEYS = Key.objects.filter(phone=OuterRef("pk"), confirmed=True)
_ALL_DEACTIVATED = Q(Exists(_KEYS), ~Exists(_KEYS.filter(user__is_active=True)))  # a phone being paired has no Keys yet


@dataclass(frozen=True)
class Call:
    """One request as received: what was signed, by whom, and the signature. All texts have their documented form."""

    method: str
    path: str
    body_digest: str
    phone: str  # the phone's reference; empty for a new phone
    version: str
    time: int  # seconds since 1970
    nonce: str
    signature: str

    @property
    def text(self) -> bytes:
        """Return what is signed."""
        return signed_messages.call_text(
            method=self.method, path=self.path, body_digest=self.body_digest, time=self.time, nonce=self.nonce
        ).encode()


def verify(call: Call, *, origin: client.Origin, now: datetime) -> Phone:
    """Return the phone that made this request.

    An unknown phone and a wrong signature are refused alike, and so are a phone that was turned off and one with Keys
    of deactivated users only. A request that changes something uses up its nonce.
    Effects: a row for the nonce; the phone's last visit and version, updated once a minute.
    Raises: ``CallTimeWrong``, ``CallNotSigned``, ``TooOften``, ``PhoneEnded``, ``CallRepeated``.
    """
    _check_time(call, now=now)
    phone = Phone.objects.annotate(is_deactivated=_ALL_DEACTIVATED).filter(reference=call.phone).first()
    if phone is None or not is_by(phone, call.text, call.signature):
        raise _not_signed(origin, now=now)
    if phone.ended_at:
        raise PhoneEnded(reason=phone.end_reason)
    if phone.is_deactivated:
        raise PhoneEnded(reason=EndReason.TURNED_OFF)
    _spend_nonce(call, phone.reference, now=now)
    _note_visit(phone, call.version, now=now)
    return phone


def verify_newcomer(call: Call, *, public_key: str, origin: client.Origin, now: datetime) -> None:
    """Check the first request of a phone, which brings its public key along.

    Raises: as ``verify``, and ``CallUnreadable`` if that is not a key.
    """
    _check_time(call, now=now)
    try:
        is_signed = p256.is_signed(call.text, call.signature, by=public_key)
    except p256.NotAPoint as error:
        raise CallUnreadable from error
    if not is_signed:
        raise _not_signed(origin, now=now)
    _spend_nonce(call, public_key, now=now)


def is_by(phone: Phone, text: bytes, signature: str) -> bool:
    """Tell whether this phone signed the text. A key that cannot be decrypted matches nothing; that is logged."""
    try:
        return p256.is_signed(text, signature, by=phone.public_key)
    except (DecryptionError, p256.NotAPoint):
        log.exception("the public key of a phone does not open", extra={"facts": {"phone": phone.pk}})
        return False


def _check_time(call: Call, *, now: datetime) -> None:
    if abs(now.timestamp() - call.time) > settings.PORTAL_KEY_SKEW_SECONDS:
        raise CallTimeWrong


def _spend_nonce(call: Call, signer: str, *, now: datetime) -> None:
    if call.method != "GET" and not used_nonces.use_once("call", f"{signer}|{call.nonce}", now=now):
        raise CallRepeated


@refusing(too_often)
def _not_signed(origin: client.Origin, *, now: datetime) -> CallNotSigned:
    """Count a wrong signature against its address; right ones from there still pass."""
    reserve(*limits.KEY_API.of_network(origin.address), now=now)
    return CallNotSigned()


def _note_visit(phone: Phone, version: str, *, now: datetime) -> None:
    if phone.last_seen_at <= now - _SEEN_EVERY or phone.version != version:
        Phone.objects.filter(pk=phone.pk).update(last_seen_at=now, version=version)
