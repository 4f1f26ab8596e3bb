"""Both factors again before a sensitive action. See docs/decisions/0015-fresh-proof-and-ending-keys.md."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from accounts.actions.authenticators import backup_codes
from accounts.actions.keys import key_codes
from accounts.enums import Action
from accounts.models import PlatformSession, User
from accounts.models.authenticators import Authenticator
from accounts.policies import reauthentication
from accounts.refusals import LastTry, WrongPair, refusing, too_often
from accounts.sessions import SessionStore
from portal.audit.record import record
from portal.lib import client, hash_semaphore
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, Reservation, give_back, reserve

Result = TypeVar("Result")


@dataclass(frozen=True)
class Given:
    """What was typed to reauthenticate: the password, and a Key code or a backup code."""

    password: str
    code: str = ""
    backup_code: str = ""


def is_fresh(row: PlatformSession, *, now: datetime) -> bool:
    """Tell whether both factors were given in this session recently (``PORTAL_FRESH_PROOF_MINUTES``)."""
    lifetime = timedelta(minutes=settings.PORTAL_FRESH_PROOF_MINUTES)
    return reauthentication.is_fresh(proved_at=row.proved_at, now=now, lifetime=lifetime)


@refusing(too_often)
@hash_semaphore.place(is_known=True)  # a crowd of strangers must not shut it
def prove(
    *, user: User, given: Given, session: SessionStore, browser_scope: str, origin: client.Origin, now: datetime
) -> None:
    """Check the password and second factor of a user who is signed in.

    ``browser_scope``: of this browser. An attempt at each is reserved before anything is checked; what was
    not checked is given back. Cost: one argon2 hash, one more for a backup code.
    Effects: the code is used up; as ``note``. Needs: no open transaction.
    Raises: ``WrongPair``, ``TooOften``, ``HashingOverloaded``, and as ``key_codes.use_code``.
    """
    on_password = reserve(limits.PASSWORD.of(user.username_hash, scope=browser_scope), now=now)
    on_code = _reserve_code(user, browser_scope, on_password, now=now)
    if not _or_give_back(lambda: user.check_password(given.password), on_password, on_code):
        give_back(on_code)
        wrong = LastTry() if on_password.tries_left == 1 else WrongPair(tries_left=on_password.tries_left)
        raise on_password.refusal(wrong)
    give_back(on_password)
    typed = _or_give_back(lambda: _typed(user, given), on_code)
    with transaction.atomic():
        proof: Authenticator
        if typed:
            proof = backup_codes.use_once(
                typed=typed,
                session_version=user.session_version,
                proved_at=math.inf,
                attempt=on_code,
                origin=origin,
                now=now,
            )
        else:
            proof = key_codes.use_code(
                user_id=user.pk,
                session_version=user.session_version,
                proved_at=math.inf,
                code=given.code,
                attempt=on_code,
                now=now,
            )
        note(user=user, proof=proof, session=session, origin=origin, now=now)
    give_back(on_code)


def note(*, user: User, proof: Authenticator, session: SessionStore, origin: client.Origin, now: datetime) -> None:
    """Record a proof that was checked: the session gets a new key and now rests on that proof.

    Effects: the session's row; one event. Needs: an open transaction.
    """
    session.prove_again(proof, now=now)
    record(Action.PROOF_REPEATED, by=user, on=user, now=now, origin=origin, proof=proof.persistent_id)


def _reserve_code(user: User, browser_scope: str, on_password: Reservation, *, now: datetime) -> Reservation:
    try:
        return reserve(limits.CODE.of(user.username_hash, scope=browser_scope), now=now)
    except LimitReached:
        give_back(on_password)
        raise


def _or_give_back(look: Callable[[], Result], *attempts: Reservation) -> Result:
    """Run the check; give the attempt back if no hashing slot was free."""
    try:
        return look()
    except hash_semaphore.HashingOverloaded:
        give_back(*attempts)
        raise


def _typed(user: User, given: Given) -> backup_codes.Typed | None:
    return backup_codes.look_up(user_id=user.pk, typed=given.backup_code) if given.backup_code else None
