"""Building the cast of a demo. What these actions write, nobody proved: never for real customers."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from accounts.actions import password, roles, sessions
from accounts.actions.authenticators import backup_codes, security_answers
from accounts.actions.keys import key_revocation
from accounts.actions.sign_in import known_browsers
from accounts.demo.cast import Cast, CastAccount, CastActivity, CastKey, Login, Member, Person, State
from accounts.enums import Action, EndReason, MandateRole, Realm
from accounts.models import AccountActivity, Customer, Key, Mandate, Phone, TradingAccount, User
from accounts.models.users import hash_of_username
from accounts.policies import usernames
from portal.audit.record import record
from portal.throttle import limits, reserve
from portal.throttle.models import Throttle

_STALE = timedelta(days=1)
_FACTS = ("kind", "own", "instrument", "quantity", "amount", "currency")
_PLAY_MONEY = 1_000_000


class NotOfTheCast(Exception):
    """A log-in of this name exists and belongs to somebody else."""


def build(cast: Cast, *, now: datetime) -> bool:
    """Make everybody what the file says; return whether anything had to be changed for that.

    Who is as the file says stays untouched, so that a second run changes nothing. Others get the file's
    password, answers and Keys; sessions opened with an older password end. One transaction a person.
    Raises: ``NotOfTheCast``.
    """
    changed = [_person(person, now=now) for person in cast.people]
    changed += [_member(member, now=now) for member in cast.staff]
    changed += [_state(login, now=now) for login in cast.logins()]
    return any(changed)


@transaction.atomic
def _person(person: Person, *, now: datetime) -> bool:
    customer, changed = _customer(person)
    user, user_changed = _user(person.login, customer=customer, now=now)
    changed |= user_changed | security_answers.set_answers(user, person.questions)
    changed |= _accounts(user, person.accounts) | _activity(person.activity)
    if person.paper:
        changed |= _paper(person.paper, customer, now=now)
    for login, accounts in person.more:
        further, is_changed = _user(login, customer=customer, now=now)
        changed |= is_changed | _accounts(further, accounts)
    return changed


def _paper(login: Login, customer: Customer, *, now: datetime) -> bool:
    user, changed = _user(login, customer=customer, now=now)
    number = f"PAPER-{login.username.upper()}"[:32]
    money = {"net_value": _PLAY_MONEY, "cash": _PLAY_MONEY, "realm": Realm.PAPER}
    account, is_new = TradingAccount.objects.get_or_create(number=number, defaults=money)
    Mandate.objects.get_or_create(user=user, account=account, defaults={"role": MandateRole.OWNER})
    return changed | is_new


@transaction.atomic
def _member(member: Member, *, now: datetime) -> bool:
    user, changed = _user(member.login, customer=None, now=now)
    if not (user.has_role(member.role) and user.groups.count() == 1):
        roles.give_role(user, member.role)
        return True
    return changed


def _customer(person: Person) -> tuple[Customer, bool]:
    number = str(person.personal["number"])
    customer = Customer.objects.select_for_update().filter(number=number).first()
    if customer is None:
        return Customer.objects.create(**person.personal), True
    return customer, _bring_up_to(customer, person.personal)


def _user(login: Login, *, customer: Customer | None, now: datetime) -> tuple[User, bool]:
    user = User.objects.select_for_update().filter(username=usernames.canonical(login.username)).first()
    if user is None:
        user = _new_user(login, customer, now=now)
        _proofs(user, login, now=now)
        return user, True
    if user.customer_id != (customer.pk if customer else None):
        raise NotOfTheCast(login.username)
    changed = _bring_up_to(user, {"email": login.email, "realm": login.realm, "is_active": True})
    if not user.check_password(login.password):
        _replace_password(user, login.password, now=now)
        changed = True
    return user, changed | _proofs(user, login, now=now)


def _new_user(login: Login, customer: Customer | None, *, now: datetime) -> User:
    user = User(
        username=login.username,
        email=login.email,
        realm=login.realm,
        customer=customer,
        is_staff=customer is None,
        created_at=now,
    )
    password.set_first_password(user, login.password)
    user.save(force_insert=True)
    password.remember_password(user, login.password, now=now)
    record(Action.IMPORTED, by=None, on=user, now=now, demo=True)
    return user


def _replace_password(user: User, wanted: str, *, now: datetime) -> None:
    """Set the file's password, former ones allowed: it stands in the file for all to read."""
    password.set_first_password(user, wanted)
    user.save(update_fields=["password"])
    password.remember_password(user, wanted, now=now)
    sessions.end_everything(user)


def _proofs(user: User, login: Login, *, now: datetime) -> bool:
    changed = _keys(user, login.keys, now=now)
    return changed | backup_codes.put(user=user, wanted=login.backup_codes, now=now)


def _keys(user: User, wanted: tuple[CastKey, ...], *, now: datetime) -> bool:
    """Make these the live Keys of a log-in. A Key that comes back keeps its memory of used codes."""
    live = {
        (row.name, row.secret, row.phone.public_key if row.phone else "")
        for row in Key.objects.filter(user=user, confirmed=True).select_related("phone")
    }
    if live == {(item.name, item.secret, item.public_key) for item in wanted}:
        return False
    if live:
        key_revocation.revoke_authenticators(user=user, reason=EndReason.TURNED_OFF, by=None, origin=None, now=now)
    before = {row.secret: row.last_step for row in Key.objects.filter(user=user).order_by("last_step")}
    for item in wanted:
        Key.objects.create(
            user=user,
            name=item.name,
            kind=item.kind,
            phone=_phone(item, now=now) if item.phone else None,
            secret=item.secret,
            last_step=before.get(item.secret, -1),
            confirmed=True,
            created_at=item.paired,
        )
        record(Action.KEY_ENROLLED, by=None, on=user, now=now, demo=True)
    return True


def _phone(wanted: CastKey, *, now: datetime) -> Phone:
    """Return the phone of the file, alive. Whoever holds the private half of its key answers for it."""
    live = {"name": wanted.name, "ended_at": None, "end_reason": ""}
    phone = Phone.objects.filter(reference=wanted.phone).first()
    if phone is None:
        return Phone.objects.create(
            reference=wanted.phone,
            public_key=wanted.public_key,
            version=settings.PORTAL_KEY_MIN_VERSION,
            created_at=wanted.paired,
            last_seen_at=now,
            **live,
        )
    _bring_up_to(phone, live | {"public_key": wanted.public_key})
    return phone


def _accounts(user: User, wanted: tuple[CastAccount, ...]) -> bool:
    others = Mandate.objects.filter(user=user).exclude(account__number__in=[item.number for item in wanted])
    changed = others.delete()[0] > 0
    for item in wanted:
        changed |= _account(user, item)
    return changed


def _account(user: User, wanted: CastAccount) -> bool:
    values: dict[str, object] = {
        "kind": wanted.kind,
        "realm": wanted.realm,
        "currency": wanted.currency,
        "net_value": wanted.net_value,
        "cash": wanted.cash,
    }
    account, is_new = TradingAccount.objects.get_or_create(number=wanted.number, defaults=values)
    changed = is_new or _bring_up_to(account, values)
    mine: dict[str, object] = {"role": wanted.role, "label": wanted.label}
    mandate, is_new = Mandate.objects.get_or_create(user=user, account=account, defaults=mine)
    return changed | (is_new or _bring_up_to(mandate, mine))


def _activity(wanted: tuple[CastActivity, ...]) -> bool:
    """Write the rows in the order of the file; a row a day off is moved, so that "-2d" stays recent."""
    changed = False
    for number in {item.account for item in wanted}:
        account = TradingAccount.objects.get(number=number)
        rows = list(AccountActivity.objects.filter(account=account).order_by("pk"))
        for place, item in enumerate(i for i in wanted if i.account == number):
            values: dict[str, object] = {name: getattr(item, name) for name in _FACTS}
            if place >= len(rows):
                AccountActivity.objects.create(account=account, at=item.at, **values)
                changed = True
                continue
            if abs(rows[place].at - item.at) > _STALE:
                values["at"] = item.at
            changed |= _bring_up_to(rows[place], values)
    return changed


def _state(login: Login, *, now: datetime) -> bool:
    """Begin the pause of who is locked, as wrong tries would; end whatever stops the others.

    Needs: no open transaction, as every reserved try.
    """
    if login.state is State.LOCKED:
        return _pause(login.username, now=now)
    subject = hash_of_username(login.username)
    is_used_up = Q(total__isnull=False, used_in_a_row__gte=F("total"))
    stopped = Throttle.objects.filter(is_used_up) | Throttle.objects.filter(
        pk__in=Throttle.objects.locked(now=now).values("pk")
    )
    with transaction.atomic():
        user = User.objects.select_for_update().get(username_hash=subject)
        released = user.suspended_at is not None
        if released:
            _bring_up_to(user, {"suspended_at": None})
            record(Action.RELEASED, by=None, on=user, now=now, demo=True)
        lifted = stopped.filter(subject=subject).exists()
        if lifted:
            reserve.forget(limits.every(), subjects=[subject])
            record(Action.PAUSE_LIFTED, by=None, on=user, now=now, demo=True)
    return released or lifted


def _pause(username: str, *, now: datetime) -> bool:
    bucket = limits.PASSWORD.of(hash_of_username(username), scope=known_browsers.UNKNOWN_BROWSER)
    if reserve.locked_until(bucket, now=now):
        return False
    while reserve.reserve(bucket, now=now).tries_left:
        pass
    return True


def _bring_up_to(row: models.Model, wanted: dict[str, Any]) -> bool:
    """Write what differs; return whether anything did."""
    different = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, wanted[name])
    if different:
        row.save(update_fields=different)
    return bool(different)
