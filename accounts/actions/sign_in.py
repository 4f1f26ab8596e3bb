"""The deed of signing in: the second factor, after the password was right."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actions import audit, browsers, key, notices, throttle
from accounts.enums import Action
from accounts.models import Key, User
from accounts.refusals import Paused
from portal.lib import client


@dataclass(frozen=True)
class Pending:
    """A person whose password was right: who, at which epoch, in which lane of tries, when (seconds since 1970)."""

    user_id: int
    auth_epoch: int
    name_digest: str
    lane: str
    proved_at: float


@dataclass(frozen=True)
class SignedIn:
    """What opened the session: the Key, with its user, and the cookie this browser is known by."""

    key: Key
    browser: str


def reserve_code(pending: Pending, *, now: datetime) -> throttle.Attempt:
    """Reserve a try at a code, unless the password's lane has been paused since.

    Needs: no open transaction. Raises: ``Paused``, ``CodesUsedUp``.
    """
    if until := throttle.paused_until(throttle.password_claim_of(pending.name_digest, lane=pending.lane), now=now):
        raise Paused(until=until)
    return throttle.reserve(throttle.code_claim(pending.name_digest, lane=pending.lane), now=now)


def sign_in(
    *, pending: Pending, code: str, attempt: throttle.Attempt, browser: str, origin: client.Origin, now: datetime
) -> SignedIn:
    """Check the code of a person whose password was right.

    ``attempt`` from ``reserve_code``; ``browser`` is the cookie the browser is known by, or empty.
    Effects: the code is spent, all tries of this lane and all wrong codes of strangers forgotten, the browser
    known from now on; one event; a notice if the browser is new. The caller opens the session in the same transaction.
    Needs: an open transaction. Raises: as ``key.use_code``.
    """
    used = key.use_code(
        user_id=pending.user_id,
        auth_epoch=pending.auth_epoch,
        proved_at=pending.proved_at,
        code=code,
        attempt=attempt,
        now=now,
    )
    user = used.user
    remembered = browsers.remember(user, browser, origin=origin, now=now)
    audit.record(Action.SIGNED_IN, by=user, on=user, now=now, origin=origin, key=used.pk, new_browser=remembered.is_new)
    throttle.clear(
        throttle.password_claim_of(user.name_digest, lane=pending.lane),
        throttle.code_claim(user.name_digest, lane=pending.lane),
        throttle.code_claim(user.name_digest),
    )
    if remembered.is_new:
        notices.tell(user, "new_device", now=now, device=origin.device, at=now.isoformat())
    return SignedIn(used, remembered.cookie)


def sign_out(user: User, *, origin: client.Origin, now: datetime) -> None:
    """Write the event of leaving; the caller ends the session in the same transaction."""
    audit.record(Action.SIGNED_OUT, by=user, on=user, now=now, origin=origin)
