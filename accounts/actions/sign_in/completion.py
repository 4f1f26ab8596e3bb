"""Completing a sign-in with the second factor, after the password was right."""

from dataclasses import dataclass
from datetime import datetime

from accounts import notice_kinds
from accounts.actions import notify
from accounts.actions.sign_in import known_browsers, pause_origins
from accounts.actions.sign_in.check_password import Pending
from accounts.enums import Action
from accounts.models import Key, User
from accounts.models.authenticators import Authenticator
from accounts.refusals import Paused
from portal.audit.record import record
from portal.lib import client
from portal.throttle import limits
from portal.throttle.reserve import Reservation, clear, locked_until, reserve


@dataclass(frozen=True)
class SignedIn:
    """The second factor that opened the session, and the cookie this browser is known by from now on.

    ``place``: the number of this sign-in in the record.
    """

    proof: Authenticator
    browser: str
    place: int = 0
    is_outside: bool = False  # refused: both factors were right, but the address is not in the user's networks

    @property
    def is_first_use(self) -> bool:
        """Tell whether a Key opened a session for the first time; the page then says that it works (KEY-6)."""
        return isinstance(self.proof, Key) and self.proof.is_first_use


def reserve_code(pending: Pending, *, origin: client.Origin, now: datetime) -> Reservation:
    """Reserve an attempt at a code, unless sign-in has been paused in this browser scope since.

    Effects: the origin of the last attempt is kept, for the notice of the pause.
    Needs: no open transaction. Raises: ``Paused``, ``LimitReached``.
    """
    check_browser_scope(pending, now=now)
    scope = known_browsers.shared_scope(pending.browser_scope)
    bucket = limits.CODE.of(pending.username_hash, scope=scope)
    return pause_origins.kept(reserve(bucket, now=now), bucket, origin=origin, now=now)


def check_browser_scope(pending: Pending, *, now: datetime) -> None:
    """Raise ``Paused`` if sign-in has been paused in this browser scope since the password was right."""
    if until := locked_until(limits.PASSWORD.of(pending.username_hash, scope=pending.browser_scope), now=now):
        raise Paused(until=until)


def sign_in(
    *, proof: Authenticator, browser_scope: str, browser: str, origin: client.Origin, now: datetime, flow: str = ""
) -> SignedIn:
    """Sign a user in by a second factor of any kind that was used up in this transaction.

    ``proof`` with its ``user``; ``browser``: the cookie the browser is known by, or empty; ``flow``: of the push
    request that was approved, if any.
    Effects: clears all attempts of this browser scope, and all wrong codes of unknown browsers and of decisions; the
    browser becomes known; one event; one notice if the browser is new. The caller opens the session in the same
    transaction.
    Needs: an open transaction.
    """
    user = proof.user
    remembered = known_browsers.remember(user, browser, origin=origin, now=now)
    facts = {"proof": proof.persistent_id, "new_browser": remembered.is_new}
    event = record(Action.SIGNED_IN, by=user, on=user, now=now, origin=origin, flow=flow, **facts)
    clear_attempts(user, browser_scope=browser_scope)
    if remembered.is_new:
        notify.notify_everywhere(
            user,
            notice_kinds.NEW_DEVICE,
            now=now,
            device=origin.device,
            place=origin.place,
            ip=origin.address,
            at=now.isoformat(),
        )
    return SignedIn(proof, remembered.cookie, event.n)


def clear_attempts(user: User, *, browser_scope: str) -> None:
    """Clear the attempts of a user who has given both factors: those of this browser scope, and wrong codes."""
    clear(
        limits.PASSWORD.of(user.username_hash, scope=browser_scope),
        limits.CODE.of(user.username_hash, scope=browser_scope),
        limits.CODE.of(user.username_hash, scope=known_browsers.ADMITTED_BROWSER),
        limits.CODE.of(user.username_hash, scope=known_browsers.UNKNOWN_BROWSER),
        limits.STEP_UP.of(user.username_hash),
    )


def sign_out(user: User, *, origin: client.Origin, now: datetime) -> None:
    """Record the sign-out; the caller ends the session in the same transaction."""
    record(Action.SIGNED_OUT, by=user, on=user, now=now, origin=origin)
