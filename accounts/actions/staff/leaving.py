"""Members of staff who stop for a while, come back, or leave."""

from datetime import datetime

from django.db import transaction

from accounts.actions import sessions, staff_work, suspension
from accounts.actions.keys import key_revocation
from accounts.actions.staff import operators
from accounts.enums import Action, EndReason, RoleOutcome
from accounts.models import Employee, RoleChange, StaffInvitation, User
from accounts.staff_refusals import AlreadyDone, HasLeft
from portal.audit import sealed_words
from portal.audit.record import record
from portal.lib import client


@transaction.atomic
def suspend(*, user: User, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> User:
    """Stop the sign-in of a colleague until ``reinstate``; what they have in hand goes back.

    Raises: ``NotAnOperator``, ``OwnMatter``, ``AlreadyDone``.
    """
    operators.need_operator(by, user=user)
    try:
        locked = suspension.suspend(user, reason=reason, by=by, origin=origin, now=now)
    except suspension.SuspensionUnchanged as unchanged:
        raise AlreadyDone from unchanged
    operators.tell(Action.SUSPENDED, user=locked, by=by, now=now)
    return locked


@transaction.atomic
def reinstate(*, user: User, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> User:
    """Let a suspended colleague sign in again. Raises: as ``suspend``."""
    operators.need_operator(by, user=user)
    try:
        locked = suspension.reinstate(user, reason=reason, by=by, origin=origin, now=now)
    except suspension.SuspensionUnchanged as unchanged:
        raise AlreadyDone from unchanged
    operators.tell(Action.REINSTATED, user=locked, by=by, now=now)
    return locked


@transaction.atomic
def leave(*, user: User, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> Employee:
    """End everything of a colleague who leaves, under every username of theirs.

    Effects: sign-in, sessions, Keys, passkeys, backup codes, role and open invitations end; work in hand goes back;
    an event for each username; operators are told. They can be invited again. Raises: ``NotAnOperator``,
    ``OwnMatter``, ``HasLeft``.
    """
    operators.need_operator(by, user=user)
    theirs = User.objects.select_for_update(of=("self",)).filter(employee=user.employee_id, is_active=True)
    locked = list(theirs.order_by("pk"))
    if not locked:
        raise HasLeft
    for one in locked:
        _end(one, reason=reason, by=by, origin=origin, now=now)
    person = Employee.objects.get(users=user)
    person.left_at = now
    person.save(update_fields=["left_at"])
    return person


def _end(user: User, *, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> None:
    sessions.end_everything(user)
    key_revocation.revoke_authenticators(user=user, reason=EndReason.TURNED_OFF, by=by, origin=origin, now=now)
    user.is_active, user.closed_at = False, now
    user.save(update_fields=["is_active", "closed_at"])
    user.groups.clear()
    StaffInvitation.objects.filter(user=user, accepted_at=None, revoked_at=None).update(revoked_at=now)
    RoleChange.objects.filter(user=user, outcome="").update(outcome=RoleOutcome.REFUSED, decided_at=now)
    staff_work.give_back_all(user, now=now)
    record(Action.STAFF_LEFT, by=by, on=user, now=now, origin=origin, reason=sealed_words.reason(reason))
    operators.tell(Action.STAFF_LEFT, user=user, by=by, now=now)
