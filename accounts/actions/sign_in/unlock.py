"""Ending a pause by hand, after the person was verified (LOCK-3)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actions.sign_in import lockout_notices
from accounts.enums import Action, Role
from accounts.models import User
from accounts.refusals import Refusal, TooOften, refusing, too_often
from portal.audit import sealed_words
from portal.audit.record import record
from portal.lib import client
from portal.throttle import limits, reserve

# What blocks sign-in, decisions, and the work of a colleague whom callers gave names that nobody has; the limits on
# guessing PINs and e-mailed codes stay.
_LIFTABLE = {"password", "code", "step-up", "network", "passkey", "passkey-browser", "travel-pass", "look-missed"}
LIFTABLE = tuple(limit for limit in limits.every() if limit.name.removesuffix("-56") in _LIFTABLE)


class NothingPaused(Exception):
    """No pause is running."""


class NotTheirsToLift(Exception):
    """The pause is their own, or of another member of staff, which only operators may lift."""


def may_lift(by: User, *, subject: str) -> bool:
    """Tell whether this member of staff may end pauses of that subject.

    A pause is what limits guessing: nobody may lift it for an account they could be guessing at.
    """
    owner = User.objects.select_related("employee").filter(username_hash=subject).first()
    if owner is not None and by.is_same_person(owner):
        return False
    if owner is not None and owner.is_staff:
        return by.has_role(Role.OPERATOR)
    return by.has_role(Role.AGENT, Role.SENIOR, Role.OPERATOR)


def why_not(by: User, *, subject: str, now: datetime) -> Refusal | None:
    """Return what ``lift_pauses`` would refuse this member of staff with for a while, or None. Changes nothing."""
    until = reserve.locked_until(limits.PAUSE_ENDED.of(by.username_hash, scope=subject), now=now)
    return TooOften(until=until) if until else None


@refusing(too_often)
def lift_pauses(*, subject: str, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> int:
    """End every running pause of one subject (the digest of a username or a network); return how many.

    Totals over any time stay counted: after too many wrong codes only recovery is left (LOCK-6). The user is told of
    each pause first, or whoever ends them quickly would hide that somebody is guessing (LOCK-7).
    Effects: one event, on the user's chain, or on the system's for a network or an unknown username.
    ``by``: None for the command line. ``reason`` is kept in the record, which the customer reads.
    Raises: ``NotTheirsToLift``, ``NothingPaused``, ``TooOften``: whoever ends one pause after the other lets
    somebody guess.
    """
    if by is not None and not may_lift(by, subject=subject):
        raise NotTheirsToLift
    with transaction.atomic():
        user = User.objects.filter(username_hash=subject).first()
        lockout_notices.announce_of(subject, now=now)
        lifted = reserve.end_pauses(LIFTABLE, subject=subject, now=now)
        if not lifted:
            raise NothingPaused
        if by is not None:
            reserve.reserve(limits.PAUSE_ENDED.of(by.username_hash, scope=subject), now=now)
        record(
            Action.PAUSE_LIFTED,
            by=by,
            on=user,
            now=now,
            origin=origin,
            pauses=lifted,
            reason=sealed_words.reason(reason),
        )
    return lifted


def forget(subjects: Collection[str] | None, *, reason: str, now: datetime) -> int:
    """Clear all attempts of some subjects, or of everybody, for the command line; return how many buckets had any.

    Effects: one event if there were any, on the user's chain or the system's.
    """
    with transaction.atomic():
        forgotten = reserve.forget(LIFTABLE, subjects=subjects)
        user = User.objects.filter(username_hash__in=subjects).first() if subjects else None
        if forgotten:
            record(Action.PAUSE_LIFTED, by=None, on=user, now=now, pauses=forgotten, reason=sealed_words.reason(reason))
    return forgotten
