"""The only code that sets a password; reset, recovery and change all end here."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import notice_kinds
from accounts.actions import notify, sessions, slow_hash_lookup
from accounts.enums import Action
from accounts.models import FormerPassword, PlatformSession, User
from accounts.policies import passwords
from accounts.refusals import (
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooSimple,
    PasswordUsedBefore,
    refusing,
    too_often,
)
from portal.audit.record import record
from portal.lib import client
from portal.throttle import limits
from portal.throttle.reserve import reserve

_HISTORY = "former-password"


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, in which session and browser scope."""

    user: User
    session: PlatformSession
    browser_scope: str


@dataclass(frozen=True)
class Prepared:
    """A new password that passed every rule, already hashed; holds no plain text."""

    encoded: str
    history_digest: str
    parameters: str


def rules() -> passwords.Rules:
    """Return the policy in force."""
    return passwords.Rules(
        settings.PORTAL_PASSWORD_MIN, settings.PORTAL_PASSWORD_MAX, tuple(settings.PORTAL_PASSWORD_CLASSES)
    )


def check_new_password(user: User, password: str) -> None:
    """Refuse a password that breaks the rules, is common, or was used before. Cheap checks come first.

    Cost: one argon2 hash per set of cost parameters in the history, normally one (PW-2). An imported password
    enters the history at the first sign-in; until then it is compared with its own hash.
    Raises: ``PasswordTooLong``, ``PasswordTooSimple``, ``PasswordTooCommon``, ``PasswordUsedBefore``.
    """
    if len(password) > rules().longest:
        raise PasswordTooLong
    if missing := passwords.missing(password, rules()):
        raise PasswordTooSimple(missing=missing)
    own_words = _own_words(user)
    if passwords.is_common(password, own_words=own_words) or passwords.is_guessable(password, own_words=own_words):
        raise PasswordTooCommon
    former = user.former_passwords.values_list("digest", "parameters")
    if slow_hash_lookup.find(_HISTORY, passwords.normalised(password), former, salt=user.password_history_salt):
        raise PasswordUsedBefore
    is_imported = user.password_changed_at is None and user.has_usable_password()
    if is_imported and user.check_password(password):
        raise PasswordUsedBefore


def prepare(user: User, password: str) -> Prepared:
    """Check a new password and hash it, before any row is locked.

    Cost: two argon2 hashes, plus one per older set of cost parameters in the history.
    Needs: no open transaction. Raises: as ``check_new_password``, and ``HashingOverloaded``.
    """
    password = passwords.normalised(password)
    check_new_password(user, password)
    cost = slow_hash_lookup.parameters()
    return Prepared(make_password(password), _history_digest(user, password, cost), cost)


@refusing(too_often)
def change(*, user: User, new_password: str, by: SignedIn, origin: client.Origin, now: datetime) -> list[str]:
    """Change the password of a user, by whoever is signed in with fresh proof; their own session stays.

    Returns what ended, in words. Needs: no open transaction; a ``user`` of the same customer.
    Raises: as ``prepare`` and ``set_prepared``; ``TooOften`` after too many tries, which cost hashes.
    """
    reserve(limits.NEW_PASSWORD.of(user.username_hash), now=now)
    prepared = prepare(user, new_password)
    return set_prepared(user=user, prepared=prepared, by=by.user, origin=origin, now=now, keep=by)


def set_prepared(
    *,
    user: User,
    prepared: Prepared,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    keep: SignedIn | None = None,
) -> list[str]:
    """Set a user's password and end everything that was open with the old one, but for the session ``keep``.

    Returns what ended, in words. Effects: password, history row, sessions, pending sign-ins, known
    browsers, event, notice. Raises: ``PasswordUsedBefore`` if a parallel request has set it meanwhile;
    ``SessionEnded`` if ``keep`` was ended while the password was hashed.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if keep:
            sessions.refuse_ended(keep.session)
        _row, is_new = FormerPassword.objects.get_or_create(
            user=locked, digest=prepared.history_digest, defaults={"parameters": prepared.parameters}
        )
        if not is_new:
            raise PasswordUsedBefore
        locked.password = prepared.encoded
        locked.password_changed_at = now
        locked.save(update_fields=["password", "password_changed_at"])
        own = keep if keep and keep.user.pk == user.pk else None
        ended = sessions.end_everything(
            locked, keep=own.session if own else None, browser_scope=own.browser_scope if own else ""
        )
        record(Action.PASSWORD_SET, by=by, on=locked, now=now, origin=origin, ended=len(ended))
        device = origin.device if origin else ""
        notify.notify_everywhere(locked, notice_kinds.PASSWORD_CHANGED, now=now, at=now.isoformat(), device=device)
    user.refresh_from_db()
    return ended


def set_first_password(user: User, password: str) -> None:
    """Set the password of a user that is not saved yet; its history gets its first row once it is saved.

    For the import and the demo only, which check the policy themselves.
    """
    user.password = make_password(password)


def remember_password(user: User, password: str, *, now: datetime) -> None:
    """Add to the history a password that was not set here, when it is first seen (PW-2).

    An imported user comes with a hash only; the first sign-in brings the password itself.
    """
    parameters = slow_hash_lookup.parameters()
    digest = _history_digest(user, password, parameters)
    FormerPassword.objects.get_or_create(user=user, digest=digest, defaults={"parameters": parameters})
    user.password_changed_at = now
    user.save(update_fields=["password_changed_at"])


def _own_words(user: User) -> list[str]:
    """Return the words that somebody who knows the customer or the firm would try first."""
    firm = [*settings.PORTAL_BRAND_NAME.split(), *settings.PORTAL_KEY_NAME.split()]
    words = [*firm, user.username, user.email.partition("@")[0]]
    if person := user.customer:
        words += [person.given_name, person.middle_name, person.family_name, person.birth_date[:4]]
    return words


def _history_digest(user: User, password: str, cost: str) -> str:
    return slow_hash_lookup.digest(_HISTORY, passwords.normalised(password), salt=user.password_history_salt, cost=cost)
