"""The numbers of a case. It keeps the terms under which it was opened (docs/decisions/0020-assisted-recovery.md)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from recovery.enums import FlagKind, State

HIGHEST_TIER = 3


@dataclass(frozen=True)
class Terms:
    """One version of the policy. Points rate answers, tiers say how carefully a case is handled."""

    cooling_minutes: int  # tier 1; tier 2 takes 3 times, tier 3 takes 7 times as long
    hold_hours: int  # tier 1; likewise
    ready_hours: int
    minimum_review_seconds: int  # tier 1; higher tiers take 3 times as long
    grant_open_minutes: int
    grant_finish_minutes: int
    points: Mapping[str, int]  # of a proof of possession, by name of the method; other methods are not offered
    gate: int = 14  # points of knowledge required for a proof of possession
    knowledge_cap: int = 40  # knowledge counts no more than this
    total_needed: int = 39  # gate plus one proof of possession by e-mail
    families_needed: int = 1  # while only one method is offered
    ambers_for_two_seniors: int = 3
    most_grants: int = 2
    most_returns: int = 2
    open_hours: int = 72
    verifying_minutes: int = 120
    possession_hours: int = 72
    proofing_hours: int = 336
    redraw_minutes: int = 240  # then an unopened review goes to another senior

    def as_body(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Terms":
        """Read what was stored."""
        return cls(**body)

    def cooling(self, tier: int) -> timedelta:
        """Return the waiting period after an approval."""
        return timedelta(minutes=self.cooling_minutes * _FACTOR[tier])

    def hold(self, tier: int) -> timedelta:
        """Return the length of the holds after completion."""
        return timedelta(hours=self.hold_hours * _HOLD_FACTOR[tier])

    def minimum_review(self, tier: int) -> timedelta:
        """Return the minimum review time before an approval."""
        return timedelta(seconds=self.minimum_review_seconds * (1 if tier < 2 else 3))

    def ends(self, state: str, *, now: datetime) -> datetime | None:
        """Return the deadline of a case that enters this state now, None if this table has none."""
        spans = {
            State.OPEN: timedelta(hours=self.open_hours),
            State.VERIFYING: timedelta(minutes=self.verifying_minutes),
            State.POSSESSION: timedelta(hours=self.possession_hours),
            State.PROOFING: timedelta(hours=self.proofing_hours),
            State.GRANT_READY: timedelta(hours=self.ready_hours),
            State.ENROLLING: timedelta(minutes=self.grant_finish_minutes),
        }
        span = spans.get(State(state))
        return now + span if span else None


_FACTOR = {1: 1, 2: 3, 3: 7}
_HOLD_FACTOR = {1: 1, 2: 2, 3: 4}


def tier_of(terms: Terms, ambers: set[FlagKind]) -> int:
    """Return how careful an approval must be, from 1 to 3.

    1: one senior. 2: an amber flag; the senior also makes a check of their own. 3: many amber flags;
    two seniors.
    """
    if not ambers:
        return 1
    return HIGHEST_TIER if len(ambers) >= terms.ambers_for_two_seniors else 2


def target(state: str, *, tier: int, now: datetime) -> datetime | None:
    """Return the firm's target for its next step, None if it owes none."""
    review = {1: timedelta(minutes=30), 2: timedelta(hours=4), 3: timedelta(days=1)}
    spans = {
        State.OPEN: timedelta(hours=4),
        State.VERIFYING: timedelta(minutes=20),
        State.REVIEW: review[max(tier, 1)],
        State.CONTESTED: timedelta(days=1),
    }
    span = spans.get(State(state))
    return now + span if span else None
