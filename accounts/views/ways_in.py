"""The ways in after the password: each uses a second factor up and opens the session, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from accounts.actions import approvals, backup_codes, drift, key, sign_in, throttle
from accounts.models.proofs import Proof
from accounts.refusals import CodeWrong
from accounts.views.session_opening import open_session
from portal.lib import client, gate


@dataclass(frozen=True)
class UnderWay:
    """A sign-in under way: whose, and the reference of the request that was sent to the phone, or empty."""

    request: HttpRequest
    pending: sign_in.Pending
    asked: str
    now: datetime


Way = Callable[[UnderWay], sign_in.SignedIn]


def by_approval(under_way: UnderWay) -> sign_in.SignedIn:
    """Sign in by the answer that the phone gave. Raises: as ``sign_in.check_lane`` and ``approvals.use``."""
    pending, now = under_way.pending, under_way.now
    sign_in.check_lane(pending, now=now)
    with transaction.atomic():
        proof = approvals.use(pending=pending, reference=under_way.asked, now=now)
        return open_session(under_way.request, proof, lane=pending.lane, now=now)


def by_code(under_way: UnderWay, code: str) -> sign_in.SignedIn:
    """Sign in by a code of the Key.

    Raises: as ``sign_in.reserve_code`` and ``key.use_code``; ``ClockWrong``, ``RequestDenied``.
    """
    pending, now = under_way.pending, under_way.now
    attempt = sign_in.reserve_code(pending, now=now)

    def use() -> Proof:
        return key.use_code(
            user_id=pending.user_id,
            auth_epoch=pending.auth_epoch,
            proved_at=pending.proved_at,
            code=code,
            attempt=attempt,
            now=now,
        )

    try:
        return _without_the_phone(under_way, use)
    except CodeWrong as wrong:
        raise drift.explained(wrong, pending=pending, code=code, tries_left=attempt.tries_left, now=now) from None


def by_backup_code(under_way: UnderWay, typed: str) -> sign_in.SignedIn:
    """Sign in by a code from paper; it is hashed before any row is locked.

    Raises: as ``sign_in.reserve_code`` and ``backup_codes.spend``; ``RequestDenied``, ``gate.Busy``.
    """
    pending, now, origin = under_way.pending, under_way.now, client.origin(under_way.request)
    attempt = sign_in.reserve_code(pending, now=now)
    try:
        looked_up = backup_codes.look_up(user_id=pending.user_id, typed=typed)
    except gate.Busy:
        throttle.give_back(attempt)
        raise

    def use() -> Proof:
        return backup_codes.spend(
            typed=looked_up,
            auth_epoch=pending.auth_epoch,
            proved_at=pending.proved_at,
            attempt=attempt,
            origin=origin,
            now=now,
        )

    return _without_the_phone(under_way, use)


def _without_the_phone(under_way: UnderWay, use: Callable[[], Proof]) -> sign_in.SignedIn:
    """Use a proof up and open the session, unless the phone said "not me"; what waits there is withdrawn."""
    with transaction.atomic():
        if under_way.asked:
            approvals.check_not_denied(under_way.asked)
        proof = use()
        if under_way.asked:
            approvals.withdraw(under_way.asked)
        return open_session(under_way.request, proof, lane=under_way.pending.lane, now=under_way.now)
