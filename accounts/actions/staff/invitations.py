"""Invitations of staff: two parts over two ways, 24 hours, once; the invited set a password and a Key at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import notice_kinds
from accounts.actions import password
from accounts.actions.keys import key_revocation
from accounts.actions.staff import operators, role_changes
from accounts.enums import Action, EndReason, Role
from accounts.models import Customer, Employee, StaffInvitation, User
from accounts.models.users import hash_of_username
from accounts.policies import usernames
from accounts.refusals import Suspended, refusing, too_often
from accounts.staff_refusals import (
    HasLeft,
    HasOperator,
    InvitationOver,
    InvitationWrong,
    NobodyByThatNumber,
    PersonKnown,
    UsernameTaken,
)
from portal.audit.record import record
from portal.lib import client, code_alphabet, digests
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import give_back, reserve

PART_LENGTH = 8


@dataclass(frozen=True)
class NewPerson:
    """Who is invited: a new person, or with ``same_as`` one who works here already under that username."""

    name: str = ""
    email: str = ""
    phone: str = ""
    customer_number: str = ""
    same_as: User | None = None


@dataclass(frozen=True)
class Invited:
    """An open invitation, and the part that a colleague tells in person; the other part is e-mailed."""

    invitation: StaffInvitation
    told_part: str
    mailed_part: str


@transaction.atomic
def invite(
    *, username: str, person: NewPerson, role: Role, by: User | None, origin: client.Origin | None, now: datetime
) -> Invited:
    """Invite somebody under a new username, and ask for their role.

    Effects: user and perhaps person; the role, given or waiting; one invitation, its second part by e-mail; events;
    operators are told. Raises: ``NotAnOperator``, ``UsernameTaken``, ``PersonKnown``, ``NobodyByThatNumber``,
    ``RolesApart``, ``HasLeft``.
    """
    operators.need_operator(by)
    name = usernames.canonical(username)
    if User.objects.filter(username=name).exists():
        raise UsernameTaken
    employee = _employee(person, now=now)
    user = User(username=name, email=employee.email, employee=employee, is_staff=True, created_at=now)
    user.set_unusable_password()
    user.save()
    issued = _issue(user, by=by, origin=origin, now=now)
    role_changes.ask(user=user, role=role, by=by, origin=origin, now=now)
    return issued


@transaction.atomic
def invite_first_operator(*, username: str, person: NewPerson, now: datetime) -> Invited:
    """Invite the first operator, from the command line. Raises: ``HasOperator``, and as ``invite``."""
    if operators.operators().exists():
        raise HasOperator
    return invite(username=username, person=person, role=Role.OPERATOR, by=None, origin=None, now=now)


@transaction.atomic
def invite_again(*, user: User, by: User | None, origin: client.Origin | None, now: datetime) -> Invited:
    """Invite a colleague anew: the invitation ran out, the phone or the password is lost, or they come back.

    Until it is accepted, nothing of theirs ends, and whoever had left has left; they have no role until one is given.
    Effects: an open invitation is replaced; one event; operators are told.
    Raises: ``NotAnOperator``, ``OwnMatter``, ``HasLeft`` if they were erased since.
    """
    operators.need_operator(by, user=user)
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if locked.erased_at:
        raise HasLeft
    StaffInvitation.objects.filter(user=locked, accepted_at=None, revoked_at=None).update(revoked_at=now)
    return _issue(locked, by=by, origin=origin, now=now)


def _employee(person: NewPerson, *, now: datetime) -> Employee:
    if person.same_as is not None:
        if person.same_as.erased_at:
            raise HasLeft
        return Employee.objects.get(users=person.same_as)
    refuse_known(email=person.email, phone=person.phone)
    customer = Customer.objects.filter(number=person.customer_number, employee=None).first()
    if person.customer_number and customer is None:
        raise NobodyByThatNumber
    return Employee.objects.create(
        name=person.name, email=person.email, phone=person.phone, customer=customer, created_at=now
    )


def refuse_known(*, email: str, phone: str, but: int = 0) -> None:
    """Refuse a contact of somebody else who works here: both their usernames must be known as one person's.

    ``but``: the number of the employee whose own it may be. Raises: ``PersonKnown``.
    """
    for known in Employee.objects.exclude(pk=but).prefetch_related("users"):
        same_mail = known.email.casefold() == email.casefold()
        if same_mail or (phone and known.phone == phone):
            raise PersonKnown(username=", ".join(user.username for user in known.users.all()))


def _issue(user: User, *, by: User | None, origin: client.Origin | None, now: datetime) -> Invited:
    told, mailed = (digests.random_characters(code_alphabet.ALPHABET, PART_LENGTH) for _ in range(2))
    expires_at = now + timedelta(hours=settings.PORTAL_INVITATION_HOURS)
    invitation = StaffInvitation.objects.create(
        user=user,
        invited_by=by,
        told_digest=_digest(user, "told", told),
        mailed_digest=_digest(user, "mailed", mailed),
        issued_at=now,
        expires_at=expires_at,
    )
    queue.email(
        user,
        notice_kinds.STAFF_INVITATION,
        now=now,
        useful_until=expires_at,
        part=code_alphabet.grouped(mailed),
        username=user.username,
        until=expires_at.isoformat(),
    )
    record(Action.STAFF_INVITED, by=by, on=user, now=now, origin=origin, flow=_flow(invitation))
    operators.tell(Action.STAFF_INVITED, user=user, by=by, now=now)
    return Invited(invitation, code_alphabet.grouped(told), code_alphabet.grouped(mailed))


def replace_parts(invitation: StaffInvitation, *, told: str, mailed: str) -> None:
    """Give an invitation these parts instead; for the demo, whose parts stand in its file."""
    user = invitation.user
    invitation.told_digest, invitation.mailed_digest = _digest(user, "told", told), _digest(user, "mailed", mailed)
    invitation.save(update_fields=["told_digest", "mailed_digest"])


@refusing(too_often)
def check(*, username: str, told_part: str, mailed_part: str, origin: client.Origin, now: datetime) -> StaffInvitation:
    """Return the open invitation that these parts belong to; whoever has it may choose a password.

    A username that nobody has costs the same statements. Wrong ones count against their network only: nobody who knows
    the username can keep the invited out. Needs: no open transaction.
    Raises: ``InvitationWrong`` (whatever is wrong), ``TooOften``.
    """
    name = hash_of_username(username)
    attempt = reserve(*limits.INVITATION.of_network(origin.address), now=now)
    found = open_invitations(now).filter(user__username_hash=name).select_related("user").first()
    unknown = StaffInvitation(user=User(pk=0), told_digest="", mailed_digest="")
    one = found or unknown
    is_told = digests.same(one.told_digest, _digest(one.user, "told", told_part))
    is_mailed = digests.same(one.mailed_digest, _digest(one.user, "mailed", mailed_part))
    if found is None or not (is_told and is_mailed):
        raise attempt.refusal(InvitationWrong())
    give_back(attempt)
    return found


def find_open(*, invitation_id: int, now: datetime) -> StaffInvitation:
    """Return an open invitation whose parts were typed in this browser. Raises: ``InvitationOver``."""
    found = open_invitations(now).filter(pk=invitation_id).select_related("user__employee").first()
    if found is None:
        raise InvitationOver
    return found


def open_invitations(now: datetime) -> QuerySet[StaffInvitation]:
    """Return the invitations that can be accepted, those of people who come back among them."""
    there = Q(user__is_active=True) | Q(user__closed_at__isnull=False, user__erased_at=None)
    return StaffInvitation.objects.filter(there, accepted_at=None, revoked_at=None, expires_at__gt=now)


@refusing(too_often)
def accept(*, invitation: StaffInvitation, new_password: str, origin: client.Origin, now: datetime) -> User:
    """Set the password of the invited, once; the Key is set up next, and no page opens before.

    Whatever they had before ends: sessions, Keys, passkeys, backup codes. Only one of two parallel calls succeeds.
    Needs: no open transaction. Raises: ``InvitationOver``, ``Suspended``, ``TooOften``, and as ``password.prepare``.
    """
    user = invitation.user
    reserve(limits.NEW_PASSWORD.of(user.username_hash), now=now)
    prepared = password.prepare(user, new_password)
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if locked.suspended_at:
            raise Suspended
        if not open_invitations(now).filter(pk=invitation.pk).update(accepted_at=now):
            raise InvitationOver
        if locked.closed_at:
            locked.is_active, locked.closed_at = True, None
            locked.save(update_fields=["is_active", "closed_at"])
            Employee.objects.filter(users=locked).update(left_at=None)
        password.set_prepared(user=locked, prepared=prepared, by=locked, origin=origin, now=now)
        key_revocation.revoke_authenticators(user=locked, reason=EndReason.RECOVERED, by=locked, origin=origin, now=now)
        record(Action.INVITATION_ACCEPTED, by=locked, on=locked, now=now, origin=origin, flow=_flow(invitation))
        operators.tell(Action.INVITATION_ACCEPTED, user=locked, by=locked, now=now)
    return locked


@transaction.atomic
def revoke(*, user: User, by: User | None, origin: client.Origin | None, now: datetime) -> None:
    """Withdraw the open invitation of a colleague. Raises: ``NotAnOperator``, ``OwnMatter``, ``InvitationOver``."""
    operators.need_operator(by, user=user)
    if not StaffInvitation.objects.filter(user=user, accepted_at=None, revoked_at=None).update(revoked_at=now):
        raise InvitationOver
    record(Action.INVITATION_REVOKED, by=by, on=user, now=now, origin=origin)
    operators.tell(Action.INVITATION_REVOKED, user=user, by=by, now=now)


def _digest(user: User, part: str, typed: str) -> str:
    return digests.keyed(f"invitation-{part}", f"{user.pk}|{code_alphabet.plain(typed)}")


def _flow(invitation: StaffInvitation) -> str:
    return f"invitation:{invitation.pk}"
