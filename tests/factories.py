"""People to test with: made in a line, without waiting for a hash each."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count

from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser, Group
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from accounts.enums import KeyKind, MandateRole, Realm, Role
from accounts.models import Customer, Key, Mandate, Phone, TradingAccount, User
from accounts.policies.keys import totp
from accounts.sessions import SessionStore
from portal.lib import clock
from tests.phone import VERSION, new_key, public_half

_numbers: Iterator[int] = count(1)


@dataclass
class Person:
    """Somebody with a log-in, and what only they know."""

    user: User
    password: str
    seed: str  # base32; empty for a person without a Key

    def code(self, *, at: datetime | None = None, steps: int = 0) -> str:
        """Return what the Key shows, ``steps`` of 30 s later than ``at`` or now."""
        moment = (at or clock.now()) + timedelta(seconds=30 * steps)
        return totp.at_step(totp.decode_secret(self.seed), totp.step_at(moment.timestamp()))


@cache
def hash_of(password: str) -> str:
    return make_password(password)


def seed_of(name: str) -> str:
    """Return a Key seed that is always the same for the same name."""
    return base64.b32encode(hashlib.sha256(name.encode()).digest()[:20]).decode()


def customer(username: str, *, has_key: bool = True, realm: Realm = Realm.LIVE, **details: object) -> Person:
    """Make a customer with one log-in, a Key unless told otherwise, and an account of their own."""
    number = next(_numbers)
    facts = {"given_name": username.title(), "family_name": "Byron", "birth_date": "1985-12-10"} | details
    person = Customer.objects.create(number=f"C{number:07}", **facts)
    made = _log_in(username, has_key=has_key, customer=person, realm=realm)
    account(made, f"U{number:07}", realm=realm)
    return made


def staff(username: str, role: Role) -> Person:
    """Make an employee with that role and a Key."""
    made = _log_in(username, has_key=True, is_staff=True)
    made.user.groups.add(Group.objects.get_or_create(name=str(role))[0])
    return made


def account(
    owner: Person, number: str, *, role: MandateRole = MandateRole.OWNER, realm: Realm = Realm.LIVE
) -> TradingAccount:
    """Make a trading account that this person may act on."""
    made = TradingAccount.objects.create(number=number, realm=realm, net_value="182340.55", cash="12040.10")
    Mandate.objects.create(user=owner.user, account=made, role=role)
    return made


def phone(*people: Person, name: str = "Ada's Pixel", public_key: str = "", version: str = VERSION) -> Phone:
    """Make a phone that holds a live Key of each of these people. One that can also speak: tests/phones.py."""
    now = clock.now()
    row = Phone.objects.create(
        name=name,
        public_key=public_key or public_half(new_key()),
        version=version,
        created_at=now,
        last_seen_at=now,
    )
    for person in people:
        seed = seed_of(f"{row.reference} {person.user.username}")
        Key.objects.create(
            user=person.user, phone=row, name=name, kind=KeyKind.PHONE, secret=seed, confirmed=True, created_at=now
        )
    return row


def _log_in(username: str, *, has_key: bool, **fields: object) -> Person:
    password = f"{username.title()}-Has-A-Secret-1843"
    user = User.objects.create(
        username=username,
        email=f"{username}@example.test",
        password=hash_of(password),
        password_changed_at=clock.now(),
        **fields,
    )
    seed = seed_of(username) if has_key else ""
    if seed:
        Key.objects.create(user=user, name=f"{username.title()}'s phone", kind=KeyKind.APP, secret=seed, confirmed=True)
    return Person(user, password, seed)


def signed_in(person: Person, **headers: str) -> Client:
    """Return a client with an open session of this person, without walking through the pages."""
    request = HttpRequest()
    request.user, request.session = AnonymousUser(), SessionStore()
    request.session.session_version = person.user.session_version
    person.user.otp_device = person.user.key_set.filter(confirmed=True).earliest("pk")
    login(request, person.user, backend="accounts.backends.PasswordBackend")
    request.session.save()
    client = Client(**headers)
    client.cookies[_session_cookie()] = request.session.session_key
    return client


def sign_in(client: Client, person: Person, *, password: str | None = None, code: str | None = None) -> object:
    """Walk through the sign-in pages and return the last answer."""
    answer = type_password(client, person.user.username, person.password if password is None else password)
    if answer.status_code != 200 or "token-otp_token" not in answer.content.decode():
        return answer
    return type_code(client, person.code() if code is None else code)


def type_password(client: Client, username: str, password: str, **fields: str) -> object:
    """Do the first step of signing in."""
    form = {"login_view-current_step": "auth", "auth-username": username, "auth-password": password, **fields}
    return client.post(reverse("accounts:login"), form)


def type_code(client: Client, code: str) -> object:
    """Do the second step."""
    return client.post(reverse("accounts:login"), {"login_view-current_step": "token", "token-otp_token": code})


def _session_cookie() -> str:
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME
