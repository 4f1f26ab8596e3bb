"""Activate Keys, and verify their codes, each of which is accepted once."""

import base64
import math
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef

from accounts import notice_kinds
from accounts.actions import push
from accounts.enums import Action, CodePurpose
from accounts.models import Key, User
from accounts.models.authenticators import used_since
from accounts.policies.keys import totp
from accounts.refusals import CodeUsed, NoKey, SignInTooSlow, Suspended, code_wrong, refusing, too_often
from portal.audit.record import record, record_each
from portal.lib import client
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import Reservation, clear, reserve

_SEED_BYTES = 20  # 160 bits, RFC 4226 section 4, R6


def new_secret() -> str:
    """Return a random base32 seed."""
    return base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode()


@refusing(too_often)
def spend_code(*, user: User, code: str, purpose: CodePurpose, origin: client.Origin, now: datetime) -> Key:
    """Verify a Key code outside sign-in and use it up, for example to confirm a staff decision.

    Effects: an attempt reserved, which nobody else can use up; the right code clears all attempts; ``last_step`` of
    the Key; one event.
    Needs: no open transaction. Raises: as ``use_code``, and ``TooOften``, ``CodesUsedUp``.
    """
    bucket = limits.STEP_UP.of(user.username_hash)
    attempt = reserve(bucket, now=now)
    with transaction.atomic():
        key = use_code(
            user_id=user.pk,
            session_version=user.session_version,
            proved_at=math.inf,
            code=code,
            attempt=attempt,
            now=now,
        )
        record(Action.CODE_USED, by=user, on=user, now=now, origin=origin, purpose=str(purpose), key=key.pk)
        clear(bucket)
    return key


def use_code(
    *, user_id: int, session_version: int, proved_at: float, code: str, attempt: Reservation, now: datetime
) -> Key:
    """Verify a code against the user's active Keys and use it up: ``last_step`` advances (KEY-1).

    Locks the user, then the Keys; the Key returned has its user set. A code that was used for one thing opens nothing
    else: sign-in, enrolment, step-up and recovery all use this function. ``proved_at``: when the proof that
    preceded the code was given, in seconds since 1970 (infinity: it is still valid); a second factor used since then
    has used up that proof, too.
    Needs: a reserved attempt, an open transaction.
    Raises: ``CodeWrong``, ``CodeUsed``, ``LimitReached``, ``NoKey``, ``Suspended``; ``SignInTooSlow`` if everything
    was ended, or a code used, since.
    """
    active = User.objects.select_related("customer").filter(pk=user_id, is_active=True)
    user = active.select_for_update(of=("self",)).first()
    live = Key.objects.select_for_update(of=("self",)).filter(user=user_id, confirmed=True)
    # Read together with the Keys, since what a statement read before it waited for a lock may be out of date.
    current = live.annotate(is_proof_used_up=used_since(proved_at, user=OuterRef("user")))
    keys = list(current.order_by("pk")) if user else []
    if user is None or not keys:
        raise NoKey
    if user.session_version != session_version or keys[0].is_proof_used_up:
        raise SignInTooSlow
    if user.suspended_at:
        raise Suspended
    for key in keys:
        if (step := key.step_of(code, at=now.timestamp(), after=key.last_step)) not in (None, key.drift_step):
            key.user, key.is_first_use = user, key.last_used_at is None
            key.last_step, key.last_used_at = step, now
            key.save(update_fields=["last_step", "last_used_at"])
            return key
    is_spent = any(key.step_of(code, at=now.timestamp(), after=-1) is not None for key in keys)
    raise attempt.refusal(CodeUsed() if is_spent else code_wrong(attempt.tries_left))


def first_step(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the time step for which this code of a new seed is right, or None."""
    tolerance = settings.PORTAL_CODE_TOLERANCE_STEPS
    return totp.matching_step(totp.decode_secret(secret), code, at=now.timestamp(), tolerance=tolerance, after=-1)


def start_keys(
    new: Sequence[Key],
    *,
    by: User | None,
    origin: client.Origin,
    now: datetime,
    action: Action = Action.KEY_ENROLLED,
    flow: str = "",
) -> list[Key]:
    """Activate new Keys; the only place where Keys are created. Each user at most once.

    ``last_step`` of each holds the step of the code that proved it, which is thereby used up.
    Effects: the Keys, one event per user, one e-mail per address, a message to the other phones of the
    first user; the number of statements does not grow with the number of Keys.
    Needs: an open transaction, proof that the seeds have reached the phone.
    """
    for key in new:
        key.confirmed, key.created_at = True, now
    made = Key.objects.bulk_create(new)
    record_each(action, [(key.user, {"key": key.pk}) for key in made], by=by, origin=origin, now=now, flow=flow)
    kind = notice_kinds.KEY_MOVED if action == Action.KEY_MOVED else notice_kinds.KEY_ADDED
    push.tell_phones(made[0].user, kind, now=now, but=made[0].phone)
    queue.email_each_address((key.user for key in made), kind, now=now, key=made[0].name, at=now.isoformat())
    return made
