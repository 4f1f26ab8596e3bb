"""Staff from the command line: the first operator, invitations, roles, leaving."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from accounts.actions.staff import contact, invitations, leaving, role_changes
from accounts.actions.staff.invitations import Invited, NewPerson
from accounts.enums import Role
from accounts.models import Key, User
from accounts.policies import telephone_numbers, usernames
from accounts.refusals import Refusal
from portal.audit import sealed_words
from portal.lib import clock, site


class Command(BaseCommand):
    """One verb for each step in the life of a member of staff; docs/how-to/staff.md."""

    help = "Add the first operator; invite staff, change roles, suspend, reinstate and list them, or let them leave."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        first = verbs.add_parser("add", help="Make the first operator of an installation.")
        _add_person(first)
        invite = verbs.add_parser("invite", help="Invite a colleague, or one you have invited before (--again).")
        _add_person(invite)
        invite.add_argument("--role", choices=Role.values)
        invite.add_argument("--same-as", metavar="USERNAME", help="The other username of the same person.")
        invite.add_argument("--again", action="store_true", help="New codes: run out, phone or password lost, back.")
        change = verbs.add_parser("change", help="Change name or contact of a colleague; what is not given stays.")
        change.add_argument("username")
        for field in ("name", "email", "phone"):
            change.add_argument(f"--{field}")
        role = verbs.add_parser("role", help="Give a role in place of the present one.")
        role.add_argument("username")
        role.add_argument("role", choices=Role.values)
        for verb in ("suspend", "reinstate", "leave"):
            step = verbs.add_parser(verb)
            step.add_argument("username")
            step.add_argument("--reason", required=True, help="Kept in the record.")
        verbs.add_parser("list", help="List everybody who works here.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.cause.title}. {refusal.words()}") from refusal

    def _add(self, options: dict[str, Any]) -> None:
        person, now = _person(options), clock.now()
        invited = invitations.invite_first_operator(username=_new_name(options), person=person, now=now)
        self._say(invited, parts=[invited.told_part, invited.mailed_part])
        self.stdout.write("The second code is e-mailed too, once mail works. You need both.")

    def _invite(self, options: dict[str, Any]) -> None:
        now = clock.now()
        if options["again"]:
            invited = invitations.invite_again(user=_colleague(options["username"]), by=None, origin=None, now=now)
        elif not options["role"]:
            raise CommandError("Say the --role of the new colleague.")
        else:
            invited = invitations.invite(
                username=_new_name(options),
                person=_person(options),
                role=Role(options["role"]),
                by=None,
                origin=None,
                now=now,
            )
        self._say(invited, parts=[invited.told_part])
        self.stdout.write("The other code is e-mailed to them.")
        for waiting in invited.invitation.user.role_changes.filter(outcome=""):
            self.stdout.write(f"The role {waiting.role} waits for an operator, at the desk under Role changes.")

    def _say(self, invited: Invited, *, parts: list[str]) -> None:
        row = invited.invitation
        self.stdout.write(f"{row.user.username} is invited until {row.expires_at:%Y-%m-%d %H:%M} UTC.")
        self.stdout.write(f"Page:     {site.url(reverse('accounts:invitation'))}")
        self.stdout.write(f"Username: {row.user.username}")
        for place, part in zip(("First", "Second"), parts, strict=False):
            self.stdout.write(f"{place + ' code:':13} {part}")

    def _change(self, options: dict[str, Any]) -> None:
        user = _colleague(options["username"])
        present = {name: getattr(user.employee, name) for name in ("name", "email", "phone")}
        given = {name: options[name] for name in present if options[name] is not None}
        person = _person(present | given)
        facts = {"name": person.name, "email": person.email, "phone": person.phone}
        changed = contact.change(user=user, **facts, by=None, origin=None, now=clock.now())
        self.stdout.write(f"Changed: {', '.join(changed)}. {user.username} and every operator are told.")

    def _role(self, options: dict[str, Any]) -> None:
        user, role = _colleague(options["username"]), Role(options["role"])
        change = role_changes.ask(user=user, role=role, by=None, origin=None, now=clock.now())
        words = f"{user.username} now has the role {role}." if change.outcome else "Another operator has to confirm it."
        self.stdout.write(words)

    def _suspend(self, options: dict[str, Any]) -> None:
        leaving.suspend(user=_colleague(options["username"]), **_by_command(options))
        self.stdout.write(f"Sign-in is stopped for {options['username']}.")

    def _reinstate(self, options: dict[str, Any]) -> None:
        leaving.reinstate(user=_colleague(options["username"]), **_by_command(options))
        self.stdout.write(f"{options['username']} may sign in again.")

    def _leave(self, options: dict[str, Any]) -> None:
        leaving.leave(user=_colleague(options["username"]), **_by_command(options))
        self.stdout.write(f"{options['username']} has left; everything of theirs has ended.")

    def _list(self, _options: dict[str, Any]) -> None:
        staff = User.objects.filter(is_staff=True).select_related("employee").prefetch_related("groups")
        for user in staff.order_by("employee", "username"):
            roles = ", ".join(group.name for group in user.groups.all()) or "-"
            name = user.employee.name if user.employee else ""
            self.stdout.write(f"{user.username:30} {roles:10} {', '.join(_state(user)):40} {name}".rstrip())


def _add_person(parser: ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("--name", default="")
    parser.add_argument("--email", default="", help="At the firm; codes and notices go there.")
    parser.add_argument("--phone", default="", help="With its country code.")
    parser.add_argument("--customer-number", default="", help="If they are a customer of the firm too.")


def _person(options: dict[str, Any]) -> NewPerson:
    if same_as := options.get("same_as"):
        return NewPerson(same_as=_colleague(same_as))
    name, email, phone = options["name"].strip(), options["email"].strip(), options["phone"].strip()
    try:
        validate_email(email)
    except ValidationError as unfit:
        raise CommandError("Say --name and --email of the person.") from unfit
    if not name or not name.isprintable():
        raise CommandError("Say --name and --email of the person.")
    number = telephone_numbers.read(phone) if phone else ""
    if number is None:
        raise CommandError("--phone is a number with its country code, such as +15550100.")
    return NewPerson(name=name, email=email, phone=number, customer_number=options.get("customer_number", ""))


def _new_name(options: dict[str, Any]) -> str:
    name = usernames.canonical(options["username"])
    if not usernames.is_fit_for_staff(name):
        raise CommandError("A username of staff has 2 to 30 letters a to z, digits, dots and dashes.")
    return name


def _colleague(username: str) -> User:
    user = User.objects.by_username(username)
    if user is None or not user.is_staff:
        raise CommandError(f"Nobody here works as {username}.")
    return user


def _by_command(options: dict[str, Any]) -> dict[str, Any]:
    reason = options["reason"].strip()
    if not reason or len(reason) > sealed_words.LONGEST_REASON or not reason.isprintable():
        raise CommandError(f"--reason must be one line of 1 to {sealed_words.LONGEST_REASON} characters.")
    return {"reason": reason, "by": None, "origin": None, "now": clock.now()}


def _state(user: User) -> Iterator[str]:
    """Yield the state of a colleague in words."""
    now = clock.now()
    if user.closed_at:
        yield "has left"
        return
    if user.suspended_at:
        yield "suspended"
    if invitations.open_invitations(now).filter(user=user).exists():
        yield "invited"
    if not Key.objects.filter(user=user, confirmed=True).exists():
        yield "no Key yet"
    for waiting in user.role_changes.filter(outcome=""):
        yield f"{waiting.role} waits"
