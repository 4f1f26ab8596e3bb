"""Name, e-mail address and phone number of a colleague, changed by an operator."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import notice_kinds
from accounts.actions.authenticators import emailed_code
from accounts.actions.staff import invitations, operators
from accounts.enums import Action
from accounts.models import Employee, StaffInvitation, User
from accounts.staff_refusals import AlreadyDone, HasLeft
from portal.audit.record import record_each
from portal.lib import client
from portal.outbox import queue


@transaction.atomic
def change(
    *,
    user: User,
    name: str,
    email: str,
    phone: str,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
) -> list[str]:
    """Change name and contact of a colleague, for every username of theirs; return what is new, by column.

    Effects: the person; with a new address, codes and invitations on their way end; an event for each username; the
    person is told, at the old address too, and so is every operator.
    Raises: ``NotAnOperator``, ``OwnMatter``, ``HasLeft``, ``AlreadyDone`` if nothing would change,
    ``PersonKnown`` if the contact is a colleague's.
    """
    operators.need_operator(by, user=user)
    users = list(
        User.objects.select_for_update(of=("self",)).filter(employee=user.employee_id, is_active=True).order_by("pk")
    )
    if not users:
        raise HasLeft
    person = Employee.objects.get(users=user)
    wanted = {"name": name, "email": email, "phone": phone}
    fields = [field for field, value in wanted.items() if getattr(person, field) != value]
    if not fields:
        raise AlreadyDone
    invitations.refuse_known(email=email, phone=phone, but=person.pk)
    addresses = [person.email, email] if "email" in fields else [person.email]
    for field in fields:
        setattr(person, field, wanted[field])
    person.save(update_fields=fields)
    if "email" in fields:
        _readdress(users, email, now=now)
    record_each(Action.STAFF_DETAILS, [(one, {"fields": fields}) for one in users], by=by, now=now, origin=origin)
    _tell(users[0], addresses, fields, by=by, now=now)
    return fields


def _readdress(users: list[User], email: str, *, now: datetime) -> None:
    """Send codes to the new address from now on; what went to the old one ends."""
    for one in users:
        one.email = email
        one.save(update_fields=["email"])
        emailed_code.drop(user=one)
    StaffInvitation.objects.filter(user__in=users, accepted_at=None, revoked_at=None).update(revoked_at=now)


def _tell(user: User, addresses: list[str], fields: list[str], *, by: User | None, now: datetime) -> None:
    facts: dict[str, Any] = {"fields": fields, "by": by.username if by else "", "at": now.isoformat()}
    for address in addresses:
        queue.email(user, notice_kinds.STAFF_DETAILS, now=now, address=address, **facts)
    operators.tell(Action.STAFF_DETAILS, user=user, by=by, now=now)
