"""Passkeys: add one, check its assertion, end it (SIGN-9). See docs/decisions/0014-passkeys.md."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import notice_kinds
from accounts.actions import holds, sessions, used_nonces
from accounts.actions.sign_in import known_browsers
from accounts.enums import Action, EndReason, HoldScope, RequestState
from accounts.models import Passkey, PlatformSession, PushChallenge, User
from accounts.policies.passkeys import has_grown, may_add
from accounts.refusals import PasskeyKnown, PasskeysFull, PasskeyWrong, Suspended
from portal.audit.record import record
from portal.lib import client, digests, site
from portal.lib import passkeys as webauthn
from portal.lib.encryption import DecryptionError
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.counting import Bucket
from portal.throttle.reserve import give_back, reserve

log = logging.getLogger("portal.security")

Result = TypeVar("Result")

_CHALLENGE_BYTES = 32
_SECONDS_TO_CHOOSE = 300  # how long the browser waits for the user


class _Copied(Exception):
    """The counter of a passkey has not grown, although its signature is right."""

    def __init__(self, passkey: Passkey) -> None:
        super().__init__()
        self.passkey_id, self.credential_id = passkey.pk, passkey.credential_id


def new_challenge() -> bytes:
    """Return a random challenge, to be signed once."""
    return secrets.token_bytes(_CHALLENGE_BYTES)


def terms() -> webauthn.Terms:
    """Return what an assertion must be for: this site, at the address that customers compare."""
    return webauthn.Terms(rp_id=site.host(), origin=site.origin())


def site_of(user_id: int) -> str:
    """Return the host that this user's passkeys are bound to, or an empty text if there are none."""
    return site.host() if Passkey.objects.filter(user=user_id, confirmed=True).exists() else ""


def handle_of(user: User) -> bytes:
    """Return the user handle in this user's passkeys: 32 bytes that reveal nothing and never change."""
    return bytes.fromhex(digests.keyed("passkey-user", str(user.pk)))


def live(user: User) -> list[Passkey]:
    """Return the passkeys that work, oldest first."""
    return list(Passkey.objects.filter(user=user, confirmed=True).order_by("created_at", "pk"))


def registration_options(user: User, *, challenge: bytes) -> dict[str, Any]:
    """Return the options for creating a passkey for this user (section 5.4), as JSON."""
    return {
        "rp": {"id": site.host(), "name": settings.PORTAL_BRAND_NAME},
        "user": {"id": webauthn.encoded(handle_of(user)), "name": user.username, "displayName": user.username},
        "challenge": webauthn.encoded(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": int(offered)} for offered in webauthn.OFFERED],
        "timeout": _SECONDS_TO_CHOOSE * 1000,
        "excludeCredentials": [_described(passkey) for passkey in live(user)],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def sign_in_options(user: User | None, *, challenge: bytes) -> dict[str, Any]:
    """Return the options for signing in with a passkey (section 5.5), as JSON.

    With a user, the passkey must be one of theirs; without one, the browser offers every passkey it has for this site.
    """
    return {
        "rpId": site.host(),
        "challenge": webauthn.encoded(challenge),
        "timeout": _SECONDS_TO_CHOOSE * 1000,
        "allowCredentials": [_described(passkey) for passkey in live(user)] if user else [],
        "userVerification": "required",
    }


def register(
    *, user: User, answer: str, challenge: bytes, name: str, by: User, origin: client.Origin, now: datetime
) -> Passkey:
    """Add the passkey that the browser has just created to this user.

    Effects: the challenge is used up; one passkey, one event, one notice.
    Needs: a fresh proof; no open transaction. Raises: ``KeysHeld``, ``PasskeyWrong``, ``PasskeyKnown``,
    ``PasskeysFull``.
    """
    holds.refuse_held(user, HoldScope.NEW_KEY, now=now)
    _spend(challenge, now=now)
    try:
        made = webauthn.check_new(webauthn.read(answer), challenge=challenge, terms=terms())
        with transaction.atomic():
            _check_room(user, webauthn.encoded(made.credential_id))
            passkey = _keep(user, made, name=name, now=now)
            record(Action.PASSKEY_ADDED, by=by, on=user, now=now, origin=origin, passkey=passkey.pk)
            queue.email(
                user, notice_kinds.PASSKEY_ADDED, now=now, passkey=name, device=origin.device, at=now.isoformat()
            )
    except (webauthn.Unproved, IntegrityError) as error:  # the latter: two users claim one passkey at once
        raise _wrong(error) from error
    return passkey


def check_assertion(
    *,
    answer: str | bytes,
    challenge: bytes,
    user_id: int | None,
    then: Callable[[Passkey], Result],
    browser: str,
    origin: client.Origin,
    now: datetime,
) -> Result:
    """Check a passkey's assertion and, in the same transaction, do what it was requested for.

    ``user_id``: the owner it must have, None if no user is known yet; ``then`` is called with the passkey and its
    ``user``, both locked; ``browser``: the cookie the browser is known by, or empty. Returns what ``then`` returns.
    Effects: the challenge is used up and the counter stored; a rejected assertion counts against the network, or, from
    a known browser, against that browser alone. A passkey whose counter has not grown is ended as copied, along with
    all sign-ins: one event, one notice.
    Needs: no open transaction, so that a rejected challenge stays used up and counted.
    Raises: ``PasskeyWrong``, ``Suspended``, ``LimitReached``.
    """
    attempt = reserve(*_buckets(browser, origin), now=now)
    _spend(challenge, now=now)
    try:
        with transaction.atomic():
            result = then(_use(answer, challenge, user_id=user_id, now=now))
    except _Copied as copy:
        _end_copied(copy.passkey_id, origin=origin, now=now)
        raise PasskeyWrong(ended=copy.credential_id) from copy
    give_back(attempt)
    return result


def _buckets(browser: str, origin: client.Origin) -> tuple[Bucket, ...]:
    """Return the limits a rejected assertion counts against; a known browser is not affected by its neighbours."""
    known = known_browsers.known_as(browser)
    return (limits.PASSKEY_BROWSER.of(known),) if known else limits.PASSKEY.of_network(origin.address)


def remove(
    *, user: User, passkey_id: int, by: User, keep: PlatformSession | None, origin: client.Origin, now: datetime
) -> Passkey:
    """Turn off one passkey of this user. ``keep``: the sign-in that requested it.

    Effects: the passkey and all sign-ins end, except ``keep``, unless it was opened with this passkey; one event, one
    notice. Needs: a fresh proof. Raises: ``Passkey.DoesNotExist`` unless it is theirs and active.
    """
    with transaction.atomic():
        passkey = _locked(pk=passkey_id, user=user, confirmed=True)
        _end(passkey, EndReason.TURNED_OFF, keep=keep, now=now)
        record(Action.PASSKEY_REMOVED, by=by, on=user, now=now, origin=origin, passkey=passkey.pk)
        queue.email(
            user, notice_kinds.PASSKEY_REMOVED, now=now, passkey=passkey.name, device=origin.device, at=now.isoformat()
        )
    return passkey


def _described(passkey: Passkey) -> dict[str, Any]:
    return {"type": "public-key", "id": passkey.credential_id, "transports": passkey.transports}


def _spend(challenge: bytes, *, now: datetime) -> None:
    if not used_nonces.use_once("passkey challenge", webauthn.encoded(challenge), now=now):
        raise _wrong("the challenge was used before")


def _wrong(why: object) -> PasskeyWrong:
    """Log the reason for operators and return the one refusal."""
    log.info("the answer of a passkey was refused", extra={"facts": {"why": str(why)}})
    return PasskeyWrong()


def _locked(**which: object) -> Passkey:
    """Lock the owner of a passkey, then the passkey. Raises: ``Passkey.DoesNotExist``."""
    owner = Passkey.objects.values_list("user_id", flat=True).get(**which)  # it never changes
    user = User.objects.select_related("customer").select_for_update(of=("self",)).get(pk=owner)
    passkey = Passkey.objects.select_for_update().get(**which)
    passkey.user = user
    return passkey


def _use(answer: str | bytes, challenge: bytes, *, user_id: int | None, now: datetime) -> Passkey:
    passkey, shown = _signed(answer, challenge, user_id=user_id)
    if not has_grown(kept=passkey.sign_count, shown=shown.sign_count):
        raise _Copied(passkey)
    passkey.sign_count, passkey.last_used_at = shown.sign_count, now
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return passkey


def _signed(answer: str | bytes, challenge: bytes, *, user_id: int | None) -> tuple[Passkey, webauthn.Shown]:
    """Return the passkey that signed this, and what the assertion showed.

    The holder of an ended passkey, or of one of a suspended user, is told so; everything else is the same refusal.
    """
    try:
        assertion = webauthn.read_assertion(webauthn.read(answer))
        passkey = _locked(credential_id=assertion.credential_id)
        key = webauthn.decoded(passkey.public_key)
        shown = webauthn.check_assertion(assertion, public_key=key, challenge=challenge, terms=terms())
    except (webauthn.Unproved, Passkey.DoesNotExist, DecryptionError) as error:
        raise _wrong(error) from error
    if not (passkey.user.is_active and _belongs(passkey, assertion, user_id) and passkey.is_synced == shown.is_synced):
        raise _wrong("another log-in, a closed one, or a passkey that changed its kind")
    if not passkey.confirmed:
        raise PasskeyWrong(ended=passkey.credential_id)
    if passkey.user.suspended_at:
        raise Suspended
    return passkey, shown


def _belongs(passkey: Passkey, assertion: webauthn.Assertion, user_id: int | None) -> bool:
    """Tell whether the assertion names the passkey's owner and comes from the expected user.

    If no user is known yet, it must name one (section 7.2, step 6).
    """
    if user_id is None:
        return assertion.user_handle == handle_of(passkey.user)
    return passkey.user_id == user_id and assertion.user_handle in {b"", handle_of(passkey.user)}


def _check_room(user: User, credential_id: str) -> None:
    """Lock the user and check that this passkey may be added."""
    User.objects.select_for_update().get(pk=user.pk)
    known = Passkey.objects.filter(credential_id=credential_id).first()
    if known is not None:
        raise PasskeyKnown if known.confirmed and known.user_id == user.pk else _wrong("somebody has it already")
    if not may_add(Passkey.objects.filter(user=user, confirmed=True).count()):
        raise PasskeysFull


def _keep(user: User, made: webauthn.NewPasskey, *, name: str, now: datetime) -> Passkey:
    return Passkey.objects.create(
        user=user,
        name=name,
        confirmed=True,
        credential_id=webauthn.encoded(made.credential_id),
        public_key=webauthn.encoded(made.public_key),
        sign_count=made.sign_count,
        transports=made.transports,
        is_synced=made.is_synced,
        created_at=now,
    )


def _end(passkey: Passkey, reason: EndReason, *, keep: PlatformSession | None, now: datetime) -> None:
    """End a passkey, and with it what docs/decisions/0015-fresh-proof-and-ending-keys.md says."""
    passkey.confirmed, passkey.ended_at, passkey.end_reason = False, now, reason
    passkey.save(update_fields=["confirmed", "ended_at", "end_reason"])
    sessions.end_others(passkey.user, keep=None if keep and keep.passkey_id == passkey.pk else keep)
    waiting = PushChallenge.objects.filter(user=passkey.user, state=RequestState.WAITING)
    waiting.update(state=RequestState.WITHDRAWN)


def _end_copied(passkey_id: int, *, origin: client.Origin, now: datetime) -> None:
    with transaction.atomic():
        passkey = _locked(pk=passkey_id)
        if not passkey.confirmed:
            return  # ended meanwhile
        user, name = passkey.user, passkey.name
        _end(passkey, EndReason.COPIED, keep=None, now=now)
        record(Action.PASSKEY_SUSPECT, by=None, on=user, now=now, origin=origin, passkey=passkey.pk)
        queue.email(user, notice_kinds.PASSKEY_SUSPECT, now=now, passkey=name, device=origin.device, at=now.isoformat())
