"""A first sign-in, step by step: the only actions that move one (docs/decisions/0035-welcome-letters.md).

Each step needs the ticket of the browser that began it, and no open transaction. A step that is not open raises
``FirstSignInOver``. Whoever does not have the right pair of username and code costs the same statements, whether
either is known or not, and leaves no row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import notice_kinds
from accounts.actions import password as passwords
from accounts.actions.authenticators import emailed_code
from accounts.actions.first_sign_in import rows
from accounts.actions.keys.enrolment import identity_proofing
from accounts.actions.welcome import letters
from accounts.enums import Action, CodePurpose, FirstSignInState
from accounts.models import FirstSignIn
from accounts.models.users import hash_of_username
from accounts.refusals import refusing, too_often
from accounts.welcome_refusals import FirstSignInOver, WelcomeDetailsWrong, WelcomePairWrong
from portal.audit.record import record
from portal.lib import client
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.counting import Bucket, network_subjects
from portal.throttle.reserve import give_back, reserve


@dataclass(frozen=True)
class Owned:
    """A first sign-in with the ticket of the browser that began it."""

    row: FirstSignIn
    ticket: str


@refusing(too_often)
def begin(*, username: str, code: str, ticket: str, origin: client.Origin, now: datetime) -> FirstSignIn:
    """Begin with the username and the code of a letter, which stays unused until the password is set.

    Raises: ``WelcomePairWrong``, ``TooOften`` (for this username from this network, or too many from this network).
    """
    name = hash_of_username(username)
    attempt = reserve(*_tries(name, origin), now=now)
    letter = letters.usable(username_hash=name, typed=code, now=now)
    if letter is None:
        raise attempt.refusal(WelcomePairWrong(tries_left=attempt.tries_left))
    give_back(attempt)
    begun = FirstSignIn(
        letter=letter, created_at=now, expires_at=now + timedelta(minutes=settings.PORTAL_WELCOME_MINUTES)
    )
    begun.binding = rows.binding_of(begun.public_id, ticket)
    with transaction.atomic():
        begun.save(force_insert=True)
        record(Action.WELCOME_STARTED, by=None, on=letter.user, now=now, origin=origin, flow=begun.flow)
    return begun


def _tries(username_hash: str, origin: client.Origin) -> tuple[Bucket, ...]:
    """Return what a wrong pair counts against: the username, as tried from this network, and the network."""
    here = network_subjects(origin.address)[0]
    return (limits.WELCOME.of(username_hash, scope=here), *limits.WELCOME_NETWORK.of_network(origin.address))


@refusing(too_often)
def accept_details(owned: Owned, *, given: Mapping[str, str], origin: client.Origin, now: datetime) -> FirstSignIn:
    """Accept the birth date and one more detail, if more is on file than the letter shows.

    ``given``: by the names of ``identity_proofing``. The last wrong try of a day ends the first sign-in, and the
    customer is told.
    Raises: ``WelcomeDetailsWrong`` (without saying which part), ``TooOften``.
    """
    row = owned.row
    rows.need_state(row, FirstSignInState.DETAILS)
    attempt = reserve(limits.WELCOME_DETAILS.of(row.user.username_hash), now=now)
    is_right = identity_proofing.is_right_beside_letter(row.user, given)
    with transaction.atomic():
        locked = rows.lock(row, owned.ticket, now=now)
        rows.need_state(locked, FirstSignInState.DETAILS)
        if is_right:
            rows.move(locked, "details", now=now, details_at=now)
            record(
                Action.WELCOME_PROVED,
                by=locked.user,
                on=locked.user,
                now=now,
                origin=origin,
                flow=locked.flow,
                shown="details",
            )
        elif attempt.reached:
            _fail(locked, origin=origin, now=now)
    if not is_right:
        raise attempt.refusal(WelcomeDetailsWrong(tries_left=attempt.tries_left))
    give_back(attempt)
    return locked


def _fail(row: FirstSignIn, *, origin: client.Origin, now: datetime) -> None:
    """End a first sign-in whose details were wrong too often: whoever tries may have somebody else's letter."""
    rows.move(row, "end", now=now)
    record(Action.WELCOME_FAILED, by=None, on=row.user, now=now, origin=origin, flow=row.flow)
    queue.email(row.user, notice_kinds.WELCOME_FAILED, now=now, device=origin.device, at=now.isoformat())


def send_code(owned: Owned, *, origin: client.Origin, now: datetime) -> None:
    """E-mail a code to the address on file, which replaces an older one. Raises: ``TooOften``."""
    rows.need_state(owned.row, FirstSignInState.EMAIL)
    emailed_code.send(by=owned.row.user, origin=origin, now=now, **_mailbox(owned.row))


def accept_code(owned: Owned, *, code: str, origin: client.Origin, now: datetime) -> FirstSignIn:
    """Accept the e-mailed code, once. Raises: ``EmailedCodeWrong``, ``TooOften``."""
    row = owned.row
    rows.need_state(row, FirstSignInState.EMAIL)
    emailed_code.accept(code=code, origin=origin, now=now, **_mailbox(row))
    with transaction.atomic():
        locked = rows.lock(row, owned.ticket, now=now)
        rows.move(locked, "mailbox", now=now, mailbox_at=now)
    return locked


def _mailbox(row: FirstSignIn) -> dict[str, Any]:
    """Return what a code is bound to: it proves the address on file, as long as that stays the same."""
    return {"user": row.user, "purpose": CodePurpose.WELCOME, "flow": row.flow, "address": row.user.email}


@refusing(too_often)
def choose_password(owned: Owned, *, new_password: str, origin: client.Origin, now: datetime) -> FirstSignIn:
    """Set the first password and use up the letter, both once. Raises: as ``password.prepare``, ``FirstSignInOver``."""
    rows.need_state(owned.row, FirstSignInState.PASSWORD)
    user = owned.row.user
    reserve(limits.NEW_PASSWORD.of(user.username_hash), now=now)
    prepared = passwords.prepare(user, new_password)
    with transaction.atomic():
        locked = rows.lock(owned.row, owned.ticket, now=now)
        rows.move(locked, "set", now=now)
        if letters.live().filter(pk=locked.letter_id).update(used_at=now) != 1:
            raise FirstSignInOver
        on = locked.user
        record(Action.WELCOME_USED, by=on, on=on, now=now, origin=origin, flow=locked.flow, letter=locked.letter_id)
        passwords.set_prepared(user=on, prepared=prepared, by=on, origin=origin, now=now)
    return locked


def stop(owned: Owned, *, now: datetime) -> None:
    """End a first sign-in with nothing changed; the code of its letter can be entered again."""
    with transaction.atomic():
        rows.move(rows.lock(owned.row, owned.ticket, now=now), "end", now=now)
