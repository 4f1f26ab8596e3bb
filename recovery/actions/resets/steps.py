"""A password reset, step by step: the only actions that move one (docs/decisions/0030-password-reset.md).

Each step needs the ticket of the browser that began it, and no open transaction. A step that is not open raises
``ResetOver``. Until the e-mailed code is right, a username that nobody has costs the same statements.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction

from accounts.actions import password as passwords
from accounts.actions.authenticators import backup_codes
from accounts.actions.keys import key_codes
from accounts.actions.keys.enrolment import identity_proofing
from accounts.actions.notify import notify_everywhere
from accounts.actions.sign_in import known_browsers, push_approval
from accounts.enums import CodePurpose
from accounts.models import Key, User
from accounts.models.users import hash_of_username
from accounts.refusals import EmailedCodeWrong, NothingToAsk, refusing, too_often
from portal.audit.record import record
from portal.lib import client, digests, hash_semaphore
from portal.throttle import limits
from portal.throttle.counting import Bucket
from portal.throttle.reserve import LimitReached, Reservation, clear, end_pauses, give_back, reserve
from recovery import notice_kinds
from recovery.actions.resets import rows
from recovery.enums import ResetEvent, ResetState
from recovery.models import PasswordReset
from recovery.refusals import ResetDetailsWrong, ResetOver


@dataclass(frozen=True)
class Owned:
    """A reset with the ticket of the browser that began it."""

    reset: PasswordReset
    ticket: str


@refusing(too_often)
def begin(*, username: str, ticket: str, browser: str, origin: client.Origin, now: datetime) -> PasswordReset:
    """Begin a reset for a username, known or not: same statements, same answer.

    ``browser``: the cookie the browser is known by, or empty. The worker sends the code (``worker_tasks``).
    Raises: ``TooOften`` (too many for this username or from this network).
    """
    name = hash_of_username(username)
    scope = known_browsers.shared_scope(known_browsers.browser_scope_of(browser, username, now=now))
    reserve(*_sendings(name, scope), *limits.RESET_NETWORK.of_network(origin.address), now=now)
    holders = User.objects.filter(username_hash=name, is_staff=False, is_active=True)
    holders = holders.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)  # their way in is the welcome letter
    user_id, version = holders.values_list("pk", "session_version").first() or (None, 0)  # no whole user: time tells
    begun = PasswordReset(
        username_hash=name,
        username=username,
        user_id=user_id,
        session_version=version,
        browser_scope=scope,
        device=origin.device,
        address=origin.address,
        code_wanted_at=now,
        created_at=now,
        expires_at=now + timedelta(minutes=settings.PORTAL_RESET_MINUTES),
    )
    begun.binding = rows.binding_of(begun.public_id, ticket)
    begun.save(force_insert=True)
    return begun


@refusing(too_often)
def send_again(owned: Owned, *, now: datetime) -> None:
    """Ask for a new code by e-mail, which replaces the older one. Raises: ``TooOften``."""
    reset = owned.reset
    rows.need_state(reset, ResetState.EMAIL)
    reserve(*_sendings(reset.username_hash, reset.browser_scope), now=now)
    with transaction.atomic():
        locked = rows.lock(reset, owned.ticket, now=now)
        rows.need_state(locked, ResetState.EMAIL)
        locked.code_wanted_at = now
        locked.save(update_fields=["code_wanted_at"])


def _sendings(username_hash: str, scope: str) -> tuple[Bucket, ...]:
    """Return what each code that is sent counts against."""
    return tuple(limit.of(username_hash, scope=scope) for limit in (limits.RESET, limits.RESET_A_DAY))


def code_digest(reset: PasswordReset, code: str) -> str:
    """Return the digest under which the e-mailed code of a reset is stored."""
    return digests.keyed("reset-code", f"{reset.public_id}|{code}")


def accept_code(owned: Owned, *, code: str, origin: client.Origin, now: datetime) -> PasswordReset:
    """Accept the e-mailed code, once; where nothing is on file to ask about, the Key comes next.

    Raises: ``EmailedCodeWrong``; ``ResetOver`` after the last wrong one.
    """
    reset = owned.reset
    rows.need_state(reset, ResetState.EMAIL)
    try:
        attempt = reserve(limits.RESET_EMAIL_CODE.of(digests.keyed("reset", str(reset.pk))), now=now)
    except LimitReached as reached:
        raise ResetOver from reached
    with transaction.atomic():
        locked = rows.lock(reset, owned.ticket, now=now)
        rows.need_state(locked, ResetState.EMAIL)
        is_live = locked.code_until is not None and locked.code_until > now
        is_right = digests.same(locked.code_digest, code_digest(locked, code)) and is_live
        if is_right:
            rows.move(locked, "mailbox", now=now, mailbox_at=now, code_digest="", code_wanted_at=None)
            _record_proof(locked, "e-mail", origin=origin, now=now)
            if not _has_details(locked.owner) and _has_key(locked.owner):
                rows.move(locked, "nothing-on-file", now=now)
        elif attempt.reached:
            rows.move(locked, "end", now=now, code_digest="", code_wanted_at=None)
    if not is_right:
        raise ResetOver if attempt.reached else EmailedCodeWrong
    give_back(attempt)
    return locked


@refusing(too_often)
def accept_details(owned: Owned, *, given: Mapping[str, str], origin: client.Origin, now: datetime) -> PasswordReset:
    """Accept the security answers or personal details; ``given`` as for ``identity_proofing.is_right``.

    The last wrong try of a day ends the reset, and its owner is told on every channel.
    Raises: ``ResetDetailsWrong`` (without saying which part), ``TooOften``, ``NothingToAsk``.
    """
    reset = owned.reset
    rows.need_state(reset, ResetState.DETAILS)
    attempt = reserve(limits.RESET_DETAILS.of(reset.username_hash), now=now)
    try:
        is_right = identity_proofing.is_right(reset.owner, given)
    except hash_semaphore.HashingOverloaded:
        give_back(attempt)
        raise
    with transaction.atomic():
        locked = rows.lock(reset, owned.ticket, now=now)
        rows.need_state(locked, ResetState.DETAILS)
        if is_right:
            step = "details" if _has_key(locked.owner) else "details-no-key"
            rows.move(locked, step, now=now, details_at=now)
            _record_proof(locked, "details", origin=origin, now=now)
        elif attempt.reached:
            _fail(locked, origin=origin, now=now)
    if not is_right:
        raise attempt.refusal(ResetDetailsWrong(tries_left=attempt.tries_left))
    give_back(attempt)
    return locked


def _fail(reset: PasswordReset, *, origin: client.Origin, now: datetime) -> None:
    """End a reset whose details were wrong too often: whoever tries reads the owner's mail."""
    rows.move(reset, "end", now=now)
    record(ResetEvent.FAILED, by=None, on=reset.owner, now=now, origin=origin, flow=reset.flow)
    notify_everywhere(reset.owner, notice_kinds.RESET_FAILED, now=now, device=reset.device, at=now.isoformat())


@refusing(too_often)
def accept_key_code(owned: Owned, *, code: str, origin: client.Origin, now: datetime) -> PasswordReset:
    """Accept a code from one of the user's Keys, which is used up. Raises: as ``key_codes.use_code``, ``TooOften``."""
    rows.need_state(owned.reset, ResetState.KEY)
    attempt = reserve(limits.RESET_KEY.of(owned.reset.username_hash), now=now)

    def use(reset: PasswordReset) -> None:
        key_codes.use_code(
            user_id=reset.owner.pk,
            session_version=reset.session_version,
            proved_at=math.inf,
            code=code,
            attempt=attempt,
            now=now,
        )

    return _with_second_factor(owned, attempt, use, "Key code", origin=origin, now=now)


@refusing(too_often)
def accept_backup_code(owned: Owned, *, typed: str, origin: client.Origin, now: datetime) -> PasswordReset:
    """Accept a backup code in place of the Key. Raises: as ``backup_codes.use_once``, ``HashingOverloaded``."""
    rows.need_state(owned.reset, ResetState.KEY)
    with hash_semaphore.place():
        attempt = reserve(limits.RESET_KEY.of(owned.reset.username_hash), now=now)
        try:
            looked_up = backup_codes.look_up(user_id=owned.reset.owner.pk, typed=typed)
        except hash_semaphore.HashingOverloaded:
            give_back(attempt)
            raise

    def use(reset: PasswordReset) -> None:
        backup_codes.use_once(
            typed=looked_up,
            session_version=reset.session_version,
            proved_at=math.inf,
            attempt=attempt,
            origin=origin,
            now=now,
        )

    return _with_second_factor(owned, attempt, use, "backup code", origin=origin, now=now)


def _with_second_factor(
    owned: Owned,
    attempt: Reservation,
    use: Callable[[PasswordReset], None],
    shown: str,
    *,
    origin: client.Origin,
    now: datetime,
) -> PasswordReset:
    """Use up a second factor and go on; the last wrong one ends the reset, and the owner is told."""
    try:
        with transaction.atomic():
            locked = rows.lock(owned.reset, owned.ticket, now=now)
            rows.need_state(locked, ResetState.KEY)
            rows.refuse_denied(locked)
            use(locked)
            _accept_key(locked, shown, origin=origin, now=now)
    except LimitReached:
        with transaction.atomic():
            _fail(rows.lock(owned.reset, owned.ticket, now=now), origin=origin, now=now)
        raise
    return locked


@dataclass(frozen=True)
class _Asking:
    """A reset as ``push_approval`` sees it."""

    user_id: int
    session_version: int
    browser_scope: str
    proved_at: float = math.inf


def ask_phone(
    owned: Owned, *, instead_of: str, origin: client.Origin, now: datetime
) -> push_approval.SentRequest | None:
    """Ask the phone with the Key; None if there is no such phone. Raises: as ``push_approval.ask``."""
    rows.need_state(owned.reset, ResetState.KEY)
    earlier = [instead_of] if instead_of else []
    return push_approval.ask(
        pending=_asking(owned.reset), purpose=CodePurpose.RESET, instead_of=earlier, origin=origin, now=now
    )


def accept_approval(owned: Owned, *, reference: str, origin: client.Origin, now: datetime) -> PasswordReset:
    """Accept the approval given on the phone, once. Raises: as ``push_approval.use``."""
    with transaction.atomic():
        locked = rows.lock(owned.reset, owned.ticket, now=now)
        rows.need_state(locked, ResetState.KEY)
        rows.refuse_denied(locked)
        push_approval.use(pending=_asking(locked), purpose=CodePurpose.RESET, reference=reference, now=now)
        _accept_key(locked, "approval", origin=origin, now=now)
    return locked


def _asking(reset: PasswordReset) -> _Asking:
    return _Asking(reset.owner.pk, reset.session_version, reset.browser_scope)


def _accept_key(reset: PasswordReset, shown: str, *, origin: client.Origin, now: datetime) -> None:
    rows.move(reset, "key", now=now, key_at=now)
    clear(limits.RESET_KEY.of(reset.username_hash))
    _record_proof(reset, shown, origin=origin, now=now)


@refusing(too_often)
def choose_password(owned: Owned, *, new_password: str, origin: client.Origin, now: datetime) -> PasswordReset:
    """Set the new password, once, and end everything that was open with the old one; a pause of sign-in ends too.

    Never touches a Key. Raises: as ``password.prepare``; ``ResetOver`` if a Key has been set up meanwhile.
    """
    rows.need_state(owned.reset, ResetState.PASSWORD)
    reserve(limits.NEW_PASSWORD.of(owned.reset.username_hash), now=now)
    prepared = passwords.prepare(owned.reset.owner, new_password)
    _back_to_key(owned, now=now)
    with transaction.atomic():
        locked = rows.lock(owned.reset, owned.ticket, now=now)
        if _lacks_key(locked):
            raise ResetOver
        rows.refuse_denied(locked)
        rows.move(locked, "set", now=now)
        user = locked.owner
        locked.ended = passwords.set_prepared(user=user, prepared=prepared, by=user, origin=origin, now=now)
        locked.save(update_fields=["ended"])
        end_pauses([limits.PASSWORD], subject=user.username_hash, now=now)
    return locked


def _back_to_key(owned: Owned, *, now: datetime) -> None:
    """Ask for a Key that has been set up since its step was left out. Raises: ``ResetOver``."""
    with transaction.atomic():
        locked = rows.lock(owned.reset, owned.ticket, now=now)
        if not _lacks_key(locked):
            return
        rows.move(locked, "key-appeared", now=now)
    raise ResetOver


def _lacks_key(reset: PasswordReset) -> bool:
    return reset.key_at is None and _has_key(reset.owner)


def stop(owned: Owned, *, now: datetime) -> None:
    """End a reset with nothing changed."""
    with transaction.atomic():
        rows.move(rows.lock(owned.reset, owned.ticket, now=now), "end", now=now)


def _has_details(user: User) -> bool:
    try:
        identity_proofing.questions_for(user)
    except NothingToAsk:
        return False
    return True


def _has_key(user: User) -> bool:
    return Key.objects.filter(user=user, confirmed=True).exists()


def _record_proof(reset: PasswordReset, shown: str, *, origin: client.Origin, now: datetime) -> None:
    record(ResetEvent.PROVED, by=reset.owner, on=reset.owner, now=now, origin=origin, flow=reset.flow, shown=shown)
