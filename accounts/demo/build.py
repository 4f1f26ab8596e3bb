"""Build the cast of a demo. Nobody has proved what these actions write: never for real customers."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import models, transaction

from accounts.actions import password, reports, roles, sessions, suspension
from accounts.actions.authenticators import backup_codes, security_answers
from accounts.actions.keys import key_revocation
from accounts.actions.networks import requests, rules
from accounts.actions.sign_in import known_browsers
from accounts.actions.staff import invitations
from accounts.actions.staff.invitations import NewPerson
from accounts.demo import cast as cast_file
from accounts.demo.cast import Cast, Login, Person, State, moment, reference_of
from accounts.demo.trading_accounts import put_accounts, put_activity
from accounts.enums import Action, EndReason, Role
from accounts.models import Customer, Employee, Key, Phone, Report, SignInRefusal, User
from accounts.policies import networks, usernames
from accounts.refusals import ClockWrong
from portal.audit.record import record
from portal.lib import code_alphabet
from portal.throttle import limits, reserve

_TOLERATED = 60  # seconds by which the clock of a phone may be wrong
Row = TypeVar("Row", bound=models.Model)


class NotOfTheCast(Exception):
    """A user of this name exists and belongs to somebody else."""


@transaction.atomic
def build(cast: Cast, *, now: datetime) -> None:
    """Create or correct everybody in the file.

    Users who match the file stay untouched. Others get the file's password, answers and Keys; sessions opened with
    an older password end. Raises: ``NotOfTheCast``; then nothing is written.
    """
    for person in cast.people():
        customer = _customer(person)
        for login in (person, *person.log_ins):
            put_accounts(_user(login, customer=customer, now=now), login, now=now)
        put_activity(person, now=now)
        _requests(User.objects.get(username=usernames.canonical(person.username)), person, now=now)
    for member in cast.staff:
        roles.give_role(_user(member, customer=None, now=now), member.role)
    for one in cast.invitations:
        _invitation(one, by=_operator_of(cast), now=now)


def _operator_of(cast: Cast) -> User | None:
    names = [usernames.canonical(member.username) for member in cast.staff if member.role == Role.OPERATOR]
    return User.objects.filter(username__in=names).order_by("pk").first()


def _invitation(wanted: cast_file.Invitation, *, by: User | None, now: datetime) -> None:
    """Keep an invitation open until it is accepted."""
    user = User.objects.by_username(wanted.username)
    if user is not None and (user.has_usable_password() or invitations.open_invitations(now).filter(user=user)):
        return
    if user is None:
        person = NewPerson(name=wanted.name, email=wanted.email)
        name, role = wanted.username, wanted.role
        issued = invitations.invite(username=name, person=person, role=role, by=by, origin=None, now=now)
    else:
        issued = invitations.invite_again(user=user, by=by, origin=None, now=now)
    invitations.replace_parts(issued.invitation, told=wanted.told_part, mailed=wanted.mailed_part)


def _customer(person: Person) -> Customer:
    names = person.names
    return _put(
        Customer.objects.filter(number=person.number).first() or Customer(number=person.number),
        given_name=names.given,
        middle_name=names.middle,
        family_name=names.family,
        birth_date=person.birth_date.isoformat(),
        closed_at=None,
        **{name: getattr(person, name) for name in ("address", "phone", "application", "language", "time_zone")},
    )


def _user(login: Login, *, customer: Customer | None, now: datetime) -> User:
    found = User.objects.select_for_update().filter(username=usernames.canonical(login.username)).first()
    if found and found.customer_id != (customer.pk if customer else None):
        raise NotOfTheCast(login.username)
    new = User(username=login.username, customer=customer, is_staff=customer is None, created_at=now)
    if found is None and customer is None:
        new.employee = Employee.objects.create(name=login.username.title(), email=login.email, created_at=now)
    user = _put(found or new, email=login.email, realm=login.realm, is_active=True, closed_at=None)
    if user.employee:
        _put(user.employee, left_at=None)
    if found is None:
        record(Action.IMPORTED, by=None, on=user, now=now, demo=True)
    put_password(user, login, now=now)
    security_answers.set_answers(user, {item.question: item.answer for item in login.questions}, now=now)
    _keys(user, login.keys, now=now)
    backup_codes.put(user=user, wanted=map(code_alphabet.plain, login.backup_codes), now=now)
    _state(user, login.state, now=now)
    _refused(user, login.keys, now=now)
    return user


def put_password(user: User, login: Login, *, now: datetime) -> None:
    """Give a user the file's password, unless it is theirs; former ones are allowed, as anybody can read this one.

    Effects: what was open ends. Cost: one hash.
    """
    if user.password and user.check_password(login.password):
        return
    is_new = not user.password
    password.set_first_password(user, login.password)
    user.save(update_fields=["password"])
    password.remember_password(user, login.password, now=now)
    if not is_new:
        sessions.end_everything(user)


def _keys(user: User, wanted: list[cast_file.Key], *, now: datetime) -> None:
    """Make these the active Keys of a user. A Key that comes back keeps its ``last_step``."""
    rows = Key.objects.filter(user=user).select_related("phone").order_by("last_step")
    live = {(row.name, row.secret, row.phone.public_key if row.phone else "") for row in rows if row.confirmed}
    if live == {(item.name, item.totp_secret.upper(), item.on_phone) for item in wanted}:
        return
    if live:
        key_revocation.revoke_authenticators(user=user, reason=EndReason.TURNED_OFF, by=None, origin=None, now=now)
    last_steps = {row.secret: row.last_step for row in rows}
    for item in wanted:
        made = Key.objects.create(
            user=user,
            name=item.name,
            kind=item.kind,
            phone=_phone(item, now=now) if item.on_phone else None,
            secret=item.totp_secret.upper(),
            last_step=last_steps.get(item.totp_secret.upper(), -1),
            confirmed=True,
            created_at=moment(item.paired, now=now),
        )
        record(Action.KEY_ENROLLED, by=None, on=user, now=now, demo=True, key=made.pk)


def _refused(user: User, wanted: list[cast_file.Key], *, now: datetime) -> None:
    """Leave a phone whose clock is wrong with a code that was refused for it."""
    wrong = next((item for item in wanted if abs(item.clock_offset) > _TOLERATED), None)
    if wrong and not SignInRefusal.objects.filter(user=user).exists():
        facts = {"cause": ClockWrong.code, "drift_seconds": wrong.clock_offset, "device": "Chrome on Windows"}
        SignInRefusal.objects.create(user=user, at=now - timedelta(minutes=20), **facts)


def _phone(wanted: cast_file.Key, *, now: datetime) -> Phone:
    """Return the phone in the file, active. Whoever holds its private key can answer for it."""
    reference, version = reference_of(wanted.on_phone), settings.PORTAL_KEY_MIN_VERSION
    new = Phone(reference=reference, version=version, created_at=moment(wanted.paired, now=now), last_seen_at=now)
    phone = Phone.objects.filter(reference=reference).first() or new
    return _put(phone, name=wanted.name, public_key=wanted.on_phone, ended_at=None, end_reason="")


def _requests(user: User, person: Person, *, now: datetime) -> None:
    """Limit sign-in to the file's networks, and leave open what the file says staff have still to do."""
    wanted = networks.read_all(person.networks)
    if rules.of(user) != wanted:
        rules.replace(user, wanted, now=now)
        action = Action.NETWORKS_TIGHTENED if wanted else Action.NETWORKS_WIDENED
        record(action, by=None, on=user, now=now, after=len(wanted), demo=True)
    if person.network_request is not None and requests.open_of(user) is None:
        asked = networks.read_all(person.network_request)
        requests.ask(user=user, wanted=asked, allows_pass=True, by=user, origin=None, now=now)
        reserve.clear(limits.NETWORK_REQUEST.of(user.username_hash))
    if person.report and not Report.objects.filter(user=user, closed_at=None).exists():
        at = moment(person.report.at, now=now)
        reports.open_report(user=user, kind=person.report.kind, device=person.report.device, origin=None, now=at)


def _state(user: User, state: State, *, now: datetime) -> None:
    """Lock a locked user, as wrong attempts would; remove what keeps the others from signing in."""
    if state is State.LOCKED:
        bucket = limits.PASSWORD.of(user.username_hash, scope=known_browsers.UNKNOWN_BROWSER)
        while not reserve.locked_until(bucket, now=now):
            reserve.reserve(bucket, now=now)
        return
    if user.suspended_at:
        suspension.reinstate(user, reason="portal_demo", by=None, origin=None, now=now)
    if reserve.forget(limits.every(), subjects=[user.username_hash]):
        record(Action.PAUSE_LIFTED, by=None, on=user, now=now, demo=True)


def _put(row: Row, **wanted: object) -> Row:
    """Save a row unless it has these values already: encrypted fields change with every save."""
    different = [name for name, value in wanted.items() if row.pk is None or getattr(row, name) != value]
    for name in different:
        setattr(row, name, wanted[name])
    if different:
        row.save(update_fields=different if row.pk else None)
    return row
