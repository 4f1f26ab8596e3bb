"""Inviting people and giving them roles, for the tests."""

from accounts.actions.staff import invitations
from accounts.actions.staff.invitations import Invited, NewPerson
from accounts.enums import Role
from accounts.models import User
from portal.lib import client, clock
from portal.outbox.models import Notice
from tests.factories import Person

ORIGIN = client.Origin("203.0.113.9", "Firefox on Linux", "ABCD2345")
PASSWORD = "Nine-Lanterns-Over-Water-7"
NINA = NewPerson(name="Nina Falk", email="nina@northgate.test", phone="+15550188")


def how(by: Person | None) -> dict[str, object]:
    """Return what every action of staff takes."""
    return {"by": by and by.user, "origin": by and ORIGIN, "now": clock.now()}


def invite(by: Person | None, *, username: str = "nina", role: Role = Role.AGENT, person: NewPerson = NINA) -> Invited:
    return invitations.invite(username=username, person=person, role=role, **how(by))


def parts(invited: Invited) -> dict[str, str]:
    """Return what the invited type; the second part as it stands in the e-mail."""
    mail = Notice.objects.filter(user=invited.invitation.user, kind="staff_invitation").latest("pk")
    username = invited.invitation.user.username
    return {"username": username, "told_part": invited.told_part, "mailed_part": mail.facts["part"]}


def check(invited: Invited, **other: str) -> object:
    return invitations.check(**(parts(invited) | other), origin=ORIGIN, now=clock.now())


def accept(invited: Invited, password: str = PASSWORD) -> User:
    return invitations.accept(invitation=check(invited), new_password=password, origin=ORIGIN, now=clock.now())


def role_of(user: User) -> list[str]:
    return list(user.groups.values_list("name", flat=True))


def told_operators(what: str) -> list[str]:
    """Return who was told by e-mail that this happened among staff, by username."""
    notices = Notice.objects.filter(kind="staff_changed").select_related("user").order_by("user__username")
    return [notice.user.username for notice in notices if notice.facts["what"] == what]
