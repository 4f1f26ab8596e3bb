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

from accounts.actions.sign_in.check_password import Pending
from accounts.actions.sign_in.known_browsers import UNKNOWN_BROWSER
from accounts.enums import KeyKind, MandateRole, Realm, Role
from accounts.models import Customer, Employee, Key, Mandate, Phone, TradingAccount, User
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


def staff(username: str, role: Role, *, same_as: Person | None = None) -> Person:
    """Make an employee with that role and a Key; ``same_as``: of whom it is one more username."""
    known = same_as.user.employee if same_as else None
    person = known or Employee.objects.create(name=username.title(), email=f"{username}@example.test")
    made = _log_in(username, has_key=True, is_staff=True, employee=person)
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
    if "otp_token" not in answer.content.decode():
        return answer
    return type_code(client, person.code() if code is None else code)


def type_password(client: Client, username: str, password: str, **fields: str) -> object:
    """Do the first step of signing in; return the page it leads to, or its answer if it does not lead on to a code."""
    answer = client.post(reverse("accounts:login"), {"username": username, "password": password, **fields})
    client.sign_in_page = answer.get("Location", "")
    is_right = client.sign_in_page.startswith(reverse("accounts:second-factor"))
    return client.get(client.sign_in_page) if is_right else answer


def type_code(client: Client, code: str, **fields: str) -> object:
    """Do the second step of the sign-in that this client began last; return the answer, a refusal's page included."""
    return press(client, otp_token=code, **fields)


def press(client: Client, **fields: str) -> object:
    """Send the form of the second step, and follow to the page that says why it was refused."""
    page = getattr(client, "sign_in_page", "") or reverse("accounts:second-factor")
    answer = client.post(page, fields)
    where = answer.get("Location", "")
    told = where.startswith((reverse("accounts:second-factor"), f"{reverse('accounts:login')}?because"))
    return client.get(where) if told else answer


def pending_cookie(client: Client) -> str:
    """Return the name of the cookie of the sign-in that this client began last."""
    return f"pending-{client.sign_in_page.partition('=')[2]}"


def copy_sign_in(own: Client, thief: Client) -> None:
    """Give another client the sign-in that this one began last."""
    thief.sign_in_page = own.sign_in_page
    thief.cookies[pending_cookie(own)] = own.cookies[pending_cookie(own)].value


def pending(user: User, *, at: datetime) -> Pending:
    """Return what the right password of this user leaves in an unknown browser."""
    return Pending(
        user_id=user.pk,
        username=user.username,
        username_hash=user.username_hash,
        realm=user.realm,
        session_version=user.session_version,
        browser_scope=UNKNOWN_BROWSER,
        proved_at=at.timestamp(),
        has_authenticator=True,
        has_phone=True,
        has_passkey=False,
    )


def _session_cookie() -> str:
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME
