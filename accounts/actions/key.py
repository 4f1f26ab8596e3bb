"""Deeds on Keys: enrol one, spend its code once, end it."""

import base64
import math
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.actions import audit, notices, throttle
from accounts.enums import Action, CodePurpose, KeyKind
from accounts.models import Key, User
from accounts.policies import codes
from accounts.refusals import CodeUsed, CodeWrong, NoKey, OnHold, SignInTooSlow
from portal.lib import client

_SEED_BYTES = 20  # 160 bits, RFC 4226 section 4, R6


def new_secret() -> str:
    """Return a fresh base32 seed."""
    return base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode()


def spend_code(*, user: User, code: str, purpose: CodePurpose, origin: client.Origin, now: datetime) -> Key:
    """Check a Key code outside sign-in and use it up, for example to confirm a staff decision.

    Effects: a try reserved and given back; the Key's memory of used codes; one event.
    Needs: no open transaction. Raises: as ``use_code``, and ``Paused``, ``CodesUsedUp``.
    """
    attempt = throttle.reserve(throttle.code_claim(user.name_digest), now=now)
    with transaction.atomic():
        key = use_code(
            user_id=user.pk,
            auth_epoch=user.auth_epoch,
            proved_at=math.inf,
            code=code,
            attempt=attempt,
            now=now,
        )
        audit.record(Action.CODE_USED, by=user, on=user, now=now, origin=origin, purpose=str(purpose), key=key.pk)
    throttle.give_back(attempt)
    return key


def use_code(
    *, user_id: int, auth_epoch: int, proved_at: float, code: str, attempt: throttle.Attempt, now: datetime
) -> Key:
    """Find the live Key this code is right for and move its memory past it (KEY-1).

    The Keys are locked with their user, read as ``key.user``. A code spent on one thing opens nothing
    else: sign-in, enrolment, step-up and recovery all come through here. ``proved_at``: when the proof that
    came before the code was given, in seconds since 1970 (infinite: it still holds); a code used since has
    used up that proof, too.
    Needs: a reserved try, an open transaction.
    Raises: ``CodeWrong``, ``CodeUsed``, ``Paused``, ``NoKey``, ``OnHold``; ``SignInTooSlow`` if everything
    was ended, or a code used, since.
    """
    keys = list(
        Key.objects.select_related("user", "user__customer")
        .select_for_update(of=("self", "user"))
        .filter(user_id=user_id, user__is_active=True, confirmed=True)
    )
    if not keys:
        raise NoKey
    user = keys[0].user
    if user.auth_epoch != auth_epoch or any(k.last_used_at and k.last_used_at.timestamp() > proved_at for k in keys):
        raise SignInTooSlow
    if user.on_hold_since:
        raise OnHold
    for key in keys:
        if (step := key.step_of(code, at=now.timestamp(), after=key.last_step)) is not None:
            key.is_first_use = key.last_used_at is None
            key.last_step, key.last_used_at = step, now
            key.save(update_fields=["last_step", "last_used_at"])
            return key
    is_spent = any(key.step_of(code, at=now.timestamp(), after=-1) is not None for key in keys)
    raise attempt.refusal(CodeUsed() if is_spent else CodeWrong(tries_left=attempt.tries_left))


def enrol_key(
    *,
    user: User,
    secret: str,
    code: str,
    name: str,
    attempt: throttle.Attempt,
    by: User,
    origin: client.Origin,
    now: datetime,
) -> Key:
    """Give a log-in a new Key, proved by one of its codes, which is spent by that.

    Effects: one Key, one event, a notice. ``attempt``: a try at a code, reserved before.
    Needs: the caller's further proof (KEY-4).
    Raises: ``CodeWrong``, ``Paused``.
    """
    step = codes.matching_step(
        codes.decode_secret(secret),
        code,
        at=now.timestamp(),
        tolerance=settings.PORTAL_CODE_TOLERANCE_STEPS,
        after=-1,
    )
    if step is None:
        raise attempt.refusal(CodeWrong(tries_left=attempt.tries_left))
    with transaction.atomic():
        key = Key.objects.create(
            user=user, name=name, kind=KeyKind.APP, secret=secret, last_step=step, confirmed=True, created_at=now
        )
        audit.record(Action.KEY_ENROLLED, by=by, on=user, now=now, origin=origin, key=key.pk)
        notices.tell(user, "key_added", now=now, key=name, at=now.isoformat())
    return key
