"""The one budget mechanism: a try is reserved before the secret is looked at, and given back on success.

See docs/decisions/0006-budgets-of-tries.md.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.enums import Budget
from accounts.models import Throttle
from accounts.models.throttle import Claim
from accounts.models.users import hash_of_username
from accounts.refusals import CodesUsedUp, NetworkPaused, Paused, Refusal
from portal.lib import client, digests

log = logging.getLogger("portal.security")

UNKNOWN_BROWSER = "stranger"
LIFTABLE = (Budget.PASSWORD, Budget.CODE, Budget.SOURCE)


@dataclass(frozen=True)
class Attempt:
    """A reserved try: the budgets it was taken from, how many are left, and until when if none is."""

    keys: tuple[str, ...]
    tries_left: int
    pause_ends: datetime

    def refusal(self, wrong: Refusal) -> Refusal:
        """Return how to refuse a wrong secret: as given, or as the pause that this try has begun."""
        return wrong if self.tries_left else Paused(until=self.pause_ends)


def password_claim(username: str, *, browser_scope: str = UNKNOWN_BROWSER) -> Claim:
    """Claim a try at a password. Each browser that is known for this name has a lane of its own (LOCK-5)."""
    return password_claim_of(hash_of_username(username), browser_scope=browser_scope)


def password_claim_of(username_hash: str, *, browser_scope: str = UNKNOWN_BROWSER) -> Claim:
    """Claim the same, for a username's digest."""
    return _claim(Budget.PASSWORD, username_hash, browser_scope, limit=settings.PORTAL_FAILURE_LIMIT)


def code_claim(username_hash: str, *, browser_scope: str = UNKNOWN_BROWSER) -> Claim:
    """Claim a try at a Key code: counted apart from passwords, bounded over any time in each lane (LOCK-6)."""
    return _claim(
        Budget.CODE,
        username_hash,
        browser_scope,
        limit=settings.PORTAL_FAILURE_LIMIT,
        total_limit=settings.PORTAL_CODE_FAILURE_TOTAL,
    )


def source_claim(address: str) -> Claim:
    """Claim a try from this network: one IPv4 address or one IPv6 /64."""
    subject = digests.keyed("network", client.network(address))
    return _claim(Budget.SOURCE, subject, limit=settings.PORTAL_SOURCE_LIMIT)


def claim(budget: Budget, subject: str, *, limit: int) -> Claim:
    """Claim a try from a budget of another kind; ``subject`` is any stable text."""
    return _claim(budget, digests.keyed(budget, subject), limit=limit)


def reserve(*claims: Claim, now: datetime) -> Attempt:
    """Take one try from every budget, or from none and raise.

    Effects: one row per claim, committed at once (must not run inside a transaction).
    Raises: ``Paused``, ``NetworkPaused`` or ``CodesUsedUp`` of the first budget that has none left.
    """
    granted = Throttle.objects.reserve(claims, now=now, pause=_pause())
    if len(granted) < len(claims):
        Throttle.objects.give_back(granted)
        raise _refusal([c for c in claims if c.key not in granted], now=now)
    return Attempt(tuple(granted), min(c.limit - granted[c.key] for c in claims), now + _pause())


def give_back(attempt: Attempt) -> None:
    """Return the try: the secret was right, or was never looked at."""
    Throttle.objects.give_back(attempt.keys)


def clear(*claims: Claim) -> None:
    """Forget all tries of these budgets, after a full sign-in or a finished recovery."""
    Throttle.objects.clear(c.key for c in claims)


def forget(subject: str | None) -> int:
    """Forget all tries of one subject on all lanes, or of everybody; return how many budgets had any."""
    rows = Throttle.objects.filter(total__gt=0)
    rows = rows if subject is None else rows.filter(subject=subject)
    return rows.update(used=0, total=0, paused_until=None)


def end_pauses(subject: str, *, now: datetime) -> int:
    """End the running pauses of one subject, keeping the count of tries in a row; return how many there were.

    Those that stand in the way of signing in alone: what bounds the guessing of PINs and e-mailed codes stays.
    """
    running = Throttle.objects.filter(subject=subject, budget__in=LIFTABLE, paused_until__gt=now)
    return running.update(used=0, paused_until=None)


def paused_until(c: Claim, *, now: datetime) -> datetime | None:
    """Return the end of a running pause of this budget, or None."""
    return Throttle.objects.filter(key=c.key, paused_until__gt=now).values_list("paused_until", flat=True).first()


def _claim(budget: Budget, subject: str, browser_scope: str = "", *, limit: int, total_limit: int = 0) -> Claim:
    key = digests.keyed("budget", f"{budget}|{subject}|{browser_scope}")
    return Claim(key=key, budget=budget, subject=subject, limit=limit, total_limit=total_limit)


def _pause() -> timedelta:
    return timedelta(minutes=settings.PORTAL_LOCKOUT_MINUTES)


def _refusal(refused: list[Claim], *, now: datetime) -> Paused | CodesUsedUp:
    first = refused[0]
    row = Throttle.objects.filter(key=first.key).first()
    log.info("refused by budget", extra={"facts": {"budget": first.budget, "subject": first.subject}})
    if row is not None and first.total_limit and row.total >= first.total_limit:
        return CodesUsedUp()
    until = (row and row.paused_until) or now + _pause()
    return NetworkPaused(until=until) if first.budget == Budget.SOURCE else Paused(until=until)
