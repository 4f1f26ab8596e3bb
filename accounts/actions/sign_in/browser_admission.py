"""Attempts of its own for an unknown browser whose user strangers keep paused (LOCK-5).

The browser asks; an e-mailed code or a Key of the user lets it try. Asking does the same for known and unknown
usernames: the worker finds out afterwards to whom a code is to be sent.
See docs/decisions/0031-letting-a-browser-try.md.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import notice_kinds
from accounts.actions.sign_in import known_browsers
from accounts.enums import Action
from accounts.models import AdmissionCode, AdmittedBrowser, Key, Phone, User
from accounts.models.users import hash_of_username
from accounts.policies import backup_codes
from accounts.refusals import BrowserCodeWrong, BrowserNotAllowed, BrowserNumberWrong, refusing, too_often
from portal.audit.record import record
from portal.lib import client, code_alphabet, digests
from portal.outbox import periodic_tasks, queue
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, clear, give_back, reserve

CODE_LIFE = timedelta(minutes=30)  # three times as long as no other code is sent
NUMBER_DIGITS = 8
_TICKET_BYTES = 24
_BATCH = 100


@dataclass(frozen=True)
class Asked:
    """What the asking browser keeps: the ticket that names its request, and the number to type into the Key."""

    ticket: str
    number: str


def admitted_for() -> timedelta:
    """Return how long an admitted browser has attempts of its own: one pause, so that they are used up once."""
    return timedelta(minutes=settings.PORTAL_LOCKOUT_MINUTES)


# --- In the browser ----------------------------------------------------------------------------------


@refusing(too_often)
def ask(*, username: str, origin: client.Origin, now: datetime) -> Asked:
    """Ask to let this browser try to sign in with a username, known or not.

    Effects: one row; an attempt of the network stays counted. Needs: no open transaction. Raises: ``TooOften``.
    """
    reserve(*limits.BROWSER_ASKED.of_network(origin.address), now=now)
    asked = Asked(secrets.token_urlsafe(_TICKET_BYTES), digests.random_digits(NUMBER_DIGITS))
    username_hash = hash_of_username(username)
    AdmittedBrowser.objects.create(
        username_hash=username_hash,
        ticket=_ticket(asked.ticket),
        number_digest=_number(username_hash, asked.number),
        device=origin.device,
        address=origin.address,
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    return asked


def is_open(ticket: str, *, now: datetime) -> bool:
    """Tell whether a request still waits to be allowed, or to be taken up."""
    return _waiting(ticket, now=now).exists()


@refusing(too_often)
def accept_code(*, ticket: str, typed: str, browser: str, origin: client.Origin, now: datetime) -> str:
    """Let this browser try, by the e-mailed code; return the cookie it is known by from now on.

    ``browser``: that cookie so far, or empty.
    Effects: the code is used up, once, in one guarded statement; an attempt is reserved, and given back; one event.
    Needs: no open transaction. Raises: ``BrowserCodeWrong``, ``TooOften``.
    """
    attempt = reserve(limits.BROWSER_CODE.of(_ticket(ticket)), now=now)
    row = _waiting(ticket, now=now).first()
    username_hash = row.username_hash if row else ""
    with transaction.atomic():
        digest = _code(username_hash, backup_codes.read(typed) or "")
        spent, _rows = AdmissionCode.objects.filter(code_digest=digest, expires_at__gt=now).delete()
        cookie = _admit(row, browser, origin=origin, now=now) if spent and row else ""
        if cookie:
            clear(limits.BROWSER_CODE_SENT.of(username_hash))
    if not cookie:
        raise attempt.refusal(BrowserCodeWrong())
    give_back(attempt)
    return cookie


def take_up(*, ticket: str, browser: str, origin: client.Origin, now: datetime) -> str:
    """Let this browser try once a Key has allowed it; return the cookie it is known by from now on.

    Effects: one guarded statement; one event. Raises: ``BrowserNotAllowed``.
    """
    with transaction.atomic():
        row = _waiting(ticket, now=now).filter(allowed_at__isnull=False).first()
        cookie = _admit(row, browser, origin=origin, now=now) if row else ""
    if not cookie:
        raise BrowserNotAllowed
    return cookie


def _waiting(ticket: str, *, now: datetime) -> QuerySet[AdmittedBrowser]:
    return AdmittedBrowser.objects.filter(ticket=_ticket(ticket), digest__isnull=True, expires_at__gt=now)


def _admit(row: AdmittedBrowser, browser: str, *, origin: client.Origin, now: datetime) -> str:
    """Give the browser a value of its own, once; return its new cookie, or an empty text if that was done before.

    The value is fresh: one that somebody planted in this browser, and knows, does not share its attempts.
    """
    cookie, digest = known_browsers.with_new_value(browser)
    mine = AdmittedBrowser.objects.filter(pk=row.pk, digest__isnull=True)
    allowed_at = row.allowed_at or now
    until = now + admitted_for()
    if not mine.update(digest=digest, allowed_at=allowed_at, expires_at=until, is_code_due=False):
        return ""
    user = User.objects.filter(username_hash=row.username_hash).first()
    record(Action.BROWSER_ADMITTED, by=user, on=user, now=now, origin=origin, by_key=row.allowed_at is not None)
    return cookie


# --- In the worker -----------------------------------------------------------------------------------


def send_codes(now: datetime) -> int:
    """Send a code to each user for whom a browser asked; return how many requests were looked at."""
    rows = AdmittedBrowser.objects.filter(is_code_due=True, expires_at__gt=now).order_by("created_at")
    return periodic_tasks.each("browser codes", rows.values_list("pk", flat=True)[:_BATCH], partial(_send, now=now))


def _send(pk: int, *, now: datetime) -> int:
    with transaction.atomic():
        row = AdmittedBrowser.objects.filter(pk=pk).first()
        claimed = AdmittedBrowser.objects.filter(pk=pk, is_code_due=True).update(is_code_due=False)
        users = User.objects.filter(is_active=True, suspended_at=None)
        user = users.filter(username_hash=row.username_hash).first() if row and claimed else None
        if row and user and _may_send(user, now=now):
            _send_code(user, row, now=now)
    return claimed


def _may_send(user: User, *, now: datetime) -> bool:
    """Tell whether a code is due: not if one was sent a few minutes ago, which is still good."""
    try:
        reserve(limits.BROWSER_CODE_SENT.of(user.username_hash), now=now)
    except LimitReached:
        return False
    return True


def _send_code(user: User, row: AdmittedBrowser, *, now: datetime) -> None:
    code, until = digests.random_characters(code_alphabet.ALPHABET, backup_codes.LENGTH), now + CODE_LIFE
    AdmissionCode.objects.create(
        username_hash=user.username_hash,
        code_digest=_code(user.username_hash, code),
        sent_at=now,
        expires_at=until,
    )
    origin = client.Origin(address=row.address, device=row.device)
    queue.email(
        user,
        notice_kinds.BROWSER_CODE,
        now=now,
        useful_until=until,
        code=backup_codes.spaced(code),
        device=row.device,
        place=origin.place,
        ip=row.address,
        until=until.isoformat(),
    )
    record(Action.CODE_SENT, by=None, on=user, now=now, origin=origin, purpose="browser")


# --- On the phone ------------------------------------------------------------------------------------


@refusing(too_often)
def allow(*, phone: Phone, number: str, origin: client.Origin, now: datetime) -> User:
    """Let the browser that shows this number try, for a user with an active Key on this phone; return the user.

    Effects: one guarded statement; an attempt of the phone is reserved, and given back; one event.
    Needs: no open transaction; a request signed by this phone. Raises: ``BrowserNumberWrong``, ``TooOften``.
    """
    attempt = reserve(limits.BROWSER_NUMBER.of(digests.keyed("phone", phone.reference)), now=now)
    keys = Key.objects.filter(phone=phone, confirmed=True, user__is_active=True, user__suspended_at=None)
    users: dict[str, User] = {
        _number(key.user.username_hash, number): key.user for key in keys.select_related("user__customer")
    }
    waiting = AdmittedBrowser.objects.filter(
        number_digest__in=users, allowed_at__isnull=True, digest__isnull=True, expires_at__gt=now
    )
    with transaction.atomic():
        row = waiting.order_by("-created_at").first()
        if row and waiting.filter(pk=row.pk).update(allowed_at=now):
            user = users[row.number_digest]
            record(Action.BROWSER_ALLOWED, by=user, on=user, now=now, origin=origin)
        else:
            row = None
    if row is None:
        raise attempt.refusal(BrowserNumberWrong(tries_left=attempt.tries_left))
    give_back(attempt)
    return user


def _ticket(value: str) -> str:
    return digests.keyed("browser-ticket", value)


def _number(username_hash: str, number: str) -> str:
    return digests.keyed("browser-number", f"{username_hash}|{number}")


def _code(username_hash: str, code: str) -> str:
    return digests.keyed("browser-code", f"{username_hash}|{code}")
