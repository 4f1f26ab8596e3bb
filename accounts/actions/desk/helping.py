"""What staff do for a customer they are looking at: each with a reason that the customer reads (CASE-8).

Passwords and Keys are nobody's to set here. ``needs_*`` say beforehand what an action would refuse.
"""

from datetime import datetime

from django.db import transaction

from accounts.actions import sessions, suspension
from accounts.actions.desk import looks
from accounts.actions.keys import key_revocation
from accounts.actions.sign_in import unlock
from accounts.desk_refusals import RoleMissing, SecondPersonNeeded
from accounts.enums import Action, EndReason, Role
from accounts.models import Key, PlatformSession, Report, User
from accounts.refusals import Refusal, TooOften, refusing, too_often
from accounts.staff_refusals import AlreadyDone
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.lib import client
from portal.throttle import limits
from portal.throttle.models import Throttle
from portal.throttle.reserve import locked_until, reserve


def refuse_unfit(by: User, user: User, *, now: datetime) -> None:
    """Refuse whoever is not looking at this customer, or may not.

    Raises: ``RoleMissing``, ``NotTheirCustomer``.
    """
    if not looks.may_help(by) or user.is_staff or looks.newest(by=by, user=user, now=now) is None:
        raise RoleMissing
    looks.refuse_barred(by, user)


def end_pauses(*, user: User, reason: str, by: User, origin: client.Origin, now: datetime) -> int:
    """End the running pauses of a customer: see ``unlock.lift_pauses``.

    Raises: ``AlreadyDone``, ``TooOften``, as ``refuse_unfit``.
    """
    refuse_unfit(by, user, now=now)
    try:
        return unlock.lift_pauses(subject=user.username_hash, reason=reason, by=by, origin=origin, now=now)
    except unlock.NothingPaused as over:
        raise AlreadyDone from over


def suspend(*, user: User, reason: str, by: User, origin: client.Origin, now: datetime) -> User:
    """Stop the sign-in of a customer: see ``suspension.suspend``. Raises: ``AlreadyDone``, as ``refuse_unfit``."""
    refuse_unfit(by, user, now=now)
    try:
        return suspension.suspend(user, reason=reason, by=by, origin=origin, now=now)
    except suspension.SuspensionUnchanged as unchanged:
        raise AlreadyDone from unchanged


@transaction.atomic
def reinstate(*, user: User, reason: str, by: User, origin: client.Origin, now: datetime) -> User:
    """Let a customer sign in again, by a second person: see ``needs_another``.

    Raises: ``AlreadyDone``, ``SecondPersonNeeded``, as ``refuse_unfit``.
    """
    refuse_unfit(by, user, now=now)
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if refused := needs_another(locked, by):
        raise refused
    try:
        return suspension.reinstate(locked, reason=reason, by=by, origin=origin, now=now)
    except suspension.SuspensionUnchanged as unchanged:
        raise AlreadyDone from unchanged


@refusing(too_often)
@transaction.atomic
def end_sessions(*, user: User, reason: str, by: User, origin: client.Origin, now: datetime) -> int:
    """Sign a customer out everywhere, sign-ins under way included; return how many sessions were open.

    Effects: rows deleted, one event. Browsers stay known.
    Raises: ``TooOften``, so that nobody is kept out by it; as ``refuse_unfit``.
    """
    refuse_unfit(by, user, now=now)
    reserve(limits.SIGNED_OUT.of(by.username_hash, scope=user.username_hash), now=now)
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    ended = sessions.end_others(locked, keep=None)
    why = sealed_words.reason(reason)
    record(Action.SIGNED_OUT_BY_STAFF, by=by, on=locked, now=now, origin=origin, ended=ended, reason=why)
    return ended


def end_key(*, key: Key, reason: str, by: User, origin: client.Origin, now: datetime) -> None:
    """Turn off a Key that its user has lost, with its phone and all that is on it.

    Effects: as ``key_revocation.report_lost``; without a phone as ``key_revocation.end_key``. The reason stands in the
    record of this user only. Raises: ``PhoneEnded``, as ``refuse_unfit``.
    """
    refuse_unfit(by, key.user, now=now)
    why = sealed_words.reason(reason)
    if key.phone:
        said = {key.user_id: why}
        key_revocation.report_lost(phone=key.phone, by=by, origin=origin, now=now, said=said)
    else:
        key_revocation.end_key(key=key, reason=EndReason.LOST, by=by, origin=origin, now=now, because=why)


def needs_pause(user: User, by: User, *, now: datetime) -> Refusal | None:
    """Return what ``end_pauses`` would refuse this person with, or None."""
    names = [limit.name for limit in unlock.LIFTABLE]
    running = Throttle.objects.locked(now=now).filter(subject=user.username_hash, limit__in=names)
    return unlock.why_not(by, subject=user.username_hash, now=now) if running.exists() else AlreadyDone()


def needs_sessions(user: User, by: User, *, now: datetime) -> Refusal | None:
    """Return what ``end_sessions`` would refuse this person with, or that there is nothing to sign out of, or None."""
    if not PlatformSession.objects.filter(user=user).exists():
        return AlreadyDone()
    until = locked_until(limits.SIGNED_OUT.of(by.username_hash, scope=user.username_hash), now=now)
    return TooOften(until=until) if until else None


def needs_another(user: User, by: User) -> Refusal | None:
    """Return what ``reinstate`` would refuse this person with, or None.

    Seniors only. Not whoever stopped the sign-in, nor whoever closed a report of the customer since, whichever of their
    usernames it was with, nor anybody while one is open: a stopped account is a protected one, and one person alone
    must not be talked out of it.
    """
    if user.suspended_at is None:
        return AlreadyDone()
    if not by.has_role(Role.SENIOR):
        return RoleMissing()
    reports = Report.objects.filter(user=user)
    stops = SecurityEvent.objects.filter(subject=user, action=Action.SUSPENDED).select_related("actor")
    stopped = stops.order_by("-n").first()
    is_open = reports.filter(closed_at=None).exists()
    has_closed = reports.filter(closed_by__employee=by.employee_id, closed_at__gte=user.suspended_at).exists()
    has_stopped = stopped is not None and stopped.actor is not None and by.is_same_person(stopped.actor)
    return SecondPersonNeeded() if is_open or has_closed or has_stopped else None
