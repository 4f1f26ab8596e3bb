"""Roles of staff: asked for by one operator, and where there is another, confirmed by that one."""

from datetime import datetime

from django.db import transaction

from accounts.actions import roles, staff_work
from accounts.actions.staff import operators
from accounts.enums import Action, Role, RoleOutcome
from accounts.models import RoleChange, User
from accounts.policies import roles as rules
from accounts.staff_refusals import AlreadyDone, HasLeft, RolesApart, RoleWaiting
from portal.audit.record import record
from portal.lib import client


@transaction.atomic
def ask(*, user: User, role: Role, by: User | None, origin: client.Origin | None, now: datetime) -> RoleChange:
    """Ask for a role in place of the present one; it is given at once where no second operator has to confirm it.

    Effects: one row; one or two events; operators are told; on giving, work in hand goes back.
    Raises: ``NotAnOperator``, ``OwnMatter``, ``HasLeft``, ``RoleWaiting``, ``RolesApart``.
    """
    operators.need_operator(by, user=user)
    locked = _lock(user)
    _refuse_apart(locked, role)
    if RoleChange.objects.filter(user=locked, outcome="").exists():
        raise RoleWaiting
    takes_two = role in rules.TAKE_TWO and operators.has_another(by, locked)
    change = RoleChange.objects.create(user=locked, role=role, asked_by=by, asked_at=now, takes_two=takes_two)
    if takes_two:
        facts = {"role": str(role), "change": change.pk}
        record(Action.ROLE_ASKED, by=by, on=locked, now=now, origin=origin, flow=_flow(change), **facts)
        operators.tell(Action.ROLE_ASKED, user=locked, by=by, now=now, role=role)
    else:
        _give(change, locked, by=by, origin=origin, now=now)
    return change


def may_decide(by: User, change: RoleChange) -> bool:
    """Tell whether this operator is another person than the one who asked and the one it is for."""
    people = {change.user.employee_id, change.asked_by.employee_id if change.asked_by else None}
    return by.has_role(Role.OPERATOR) and by.employee_id not in people


@transaction.atomic
def give(*, change: RoleChange, by: User, origin: client.Origin, now: datetime) -> None:
    """Confirm a role that another operator has asked for. Needs: a Key code of ``by`` spent by the caller.

    Raises: ``NotAnOperator``, ``OwnMatter`` (theirs, or asked for by themselves), ``AlreadyDone``, ``HasLeft``,
    ``RolesApart``.
    """
    locked = _lock(change.user)
    _need_other(change, by)
    _refuse_apart(locked, Role(change.role))
    _give(change, locked, by=by, origin=origin, now=now)


@transaction.atomic
def refuse(*, change: RoleChange, by: User, origin: client.Origin, now: datetime) -> None:
    """Refuse a role; who asked for it may take it back too. Raises: as ``give``."""
    operators.need_operator(by, user=change.user)
    _decide(change, RoleOutcome.REFUSED, by=by, now=now)
    facts = {"role": str(change.role), "change": change.pk}
    record(Action.ROLE_REFUSED, by=by, on=change.user, now=now, origin=origin, flow=_flow(change), **facts)
    operators.tell(Action.ROLE_REFUSED, user=change.user, by=by, now=now, role=change.role)


def _lock(user: User) -> User:
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not locked.is_active:
        raise HasLeft
    return locked


def _need_other(change: RoleChange, by: User) -> None:
    operators.need_operator(by, user=change.user)
    if change.asked_by is not None:
        operators.need_operator(by, user=change.asked_by)


def _refuse_apart(user: User, role: Role) -> None:
    """Refuse a role that the same person must not combine with one of another username of theirs."""
    others = User.objects.filter(employee=user.employee_id).exclude(pk=user.pk)
    held = {Role(name) for name in others.values_list("groups__name", flat=True) if name}
    if any(frozenset({role, other}) in rules.APART for other in held):
        raise RolesApart


def _give(change: RoleChange, user: User, *, by: User | None, origin: client.Origin | None, now: datetime) -> None:
    _decide(change, RoleOutcome.GIVEN, by=by if change.takes_two else None, now=now)
    roles.give_role(user, Role(change.role))
    staff_work.give_back_all(user, now=now)
    facts = {"role": str(change.role), "change": change.pk}
    record(Action.ROLE_GIVEN, by=by, on=user, now=now, origin=origin, flow=_flow(change), **facts)
    operators.tell(Action.ROLE_GIVEN, user=user, by=by, now=now, role=change.role)


def _decide(change: RoleChange, outcome: RoleOutcome, *, by: User | None, now: datetime) -> None:
    waiting = RoleChange.objects.filter(pk=change.pk, outcome="")
    if not waiting.update(outcome=outcome, decided_by=by, decided_at=now):
        raise AlreadyDone


def _flow(change: RoleChange) -> str:
    return f"role:{change.pk}"
