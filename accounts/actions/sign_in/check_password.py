"""The first step of signing in: reserve an attempt, hash, then give the attempt back or refuse."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actions import password as passwords
from accounts.actions.sign_in import known_browsers, pause_origins, refused
from accounts.enums import Realm
from accounts.models import User
from accounts.models.authenticators import user_for_sign_in
from accounts.models.users import hash_of_username
from accounts.policies.passwords import older_forms
from accounts.refusals import LastTry, LiveOnPaper, PaperOnLive, Suspended, WrongPair, paused, refusing
from accounts.staff_refusals import StaffKeyMissing
from portal.lib import client, hash_semaphore
from portal.throttle import limits
from portal.throttle.counting import Bucket
from portal.throttle.reserve import Reservation, give_back, reserve


@dataclass(frozen=True)
class Pending:
    """A user whose password was right: who, in which browser scope, when (seconds since 1970), with which factors."""

    user_id: int
    username: str
    username_hash: str
    realm: str
    session_version: int
    browser_scope: str
    proved_at: float
    has_authenticator: bool
    has_phone: bool
    has_passkey: bool


@refusing(paused)
def check_password(
    *, username: str, password: str, realm: Realm | None, browser: str, origin: client.Origin, now: datetime
) -> Pending:
    """Check a password, at the same cost for known and unknown usernames.

    Cost: the same statements, and one argon2 hash for each form of its letters.
    ``realm``: the one that was chosen; None for any. ``browser``: the cookie the browser is known by, or empty.
    A browser known for the username, or admitted, needs no attempt of its network, which strangers may share.
    Effects: a wrong password stays counted; the first right one of an imported user enters the password history.
    Needs: no open transaction, so that a roll-back returns no attempt.
    Raises: ``Paused``, ``WrongPair``, ``HashingOverloaded``; and, only to somebody who gave the right pair,
    ``Suspended``, ``PaperOnLive``, ``LiveOnPaper``, ``StaffKeyMissing``.
    """
    scope = known_browsers.browser_scope_of(browser, username, now=now)
    with hash_semaphore.place(is_known=scope != known_browsers.UNKNOWN_BROWSER):
        buckets = _buckets(username, scope, origin.address)
        attempt = pause_origins.kept(reserve(*buckets, now=now), buckets[0], origin=origin, now=now)
        user = _matching(username, password, attempt)
        if user is None:
            raise attempt.refusal(LastTry() if attempt.tries_left == 1 else WrongPair(tries_left=attempt.tries_left))
        give_back(attempt)
        if user.password_changed_at is None:
            passwords.remember_password(user, password, now=now)
    with refused.kept(user.pk, origin=origin, now=now):
        _check_may_sign_in(user, realm)
    return Pending(
        user_id=user.pk,
        username=user.username,
        username_hash=user.username_hash,
        realm=user.realm,
        session_version=user.session_version,
        browser_scope=scope,
        proved_at=now.timestamp(),
        has_authenticator=user.has_authenticator,
        has_phone=user.has_phone,
        has_passkey=user.has_passkey,
    )


def _buckets(username: str, scope: str, address: str) -> list[Bucket]:
    own = limits.PASSWORD.of(hash_of_username(username), scope=scope)
    return [own, *limits.NETWORK.of_network(address)] if scope == known_browsers.UNKNOWN_BROWSER else [own]


def _matching(username: str, password: str, attempt: Reservation) -> User | None:
    """Return the user if the pair is right; an attempt that could not be checked is given back."""
    user = user_for_sign_in(username)
    try:
        if user is None:
            for _ in (password, *older_forms(password)):
                User().set_password(password)  # as many hashes as for a username that exists
            return None
        return user if user.check_password(password) and user.is_active else None
    except hash_semaphore.HashingOverloaded:
        give_back(attempt)
        raise


def _check_may_sign_in(user: User, realm: Realm | None) -> None:
    if user.suspended_at:
        raise Suspended
    if realm is not None and user.realm != realm:
        raise PaperOnLive if user.realm == Realm.PAPER else LiveOnPaper
    if user.is_staff and not user.has_authenticator:
        raise StaffKeyMissing
