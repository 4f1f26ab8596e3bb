"""The numbers a case runs by. A case keeps the terms it was opened under (docs/decisions/0020-assisted-recovery.md)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from recovery.enums import FlagKind, State

HIGHEST_TIER = 3


@dataclass(frozen=True)
class Terms:
    """One version of the policy. Points count answers, tiers count how careful a case is handled."""

    cooling_minutes: int  # tier 1; tier 2 takes 3 times, tier 3 takes 7 times as long
    hold_hours: int  # tier 1; likewise
    ready_hours: int
    minimum_review_seconds: int  # tier 1; higher tiers take 3 times as long
    grant_open_minutes: int
    grant_finish_minutes: int
    points: Mapping[str, int]  # of a proof of possession, by name of the method; others are not offered
    gate: int = 14  # points of knowledge that open the way to a proof of possession
    knowledge_cap: int = 40  # knowledge counts no further
    total_needed: int = 39  # gate and one proof of possession by e-mail
    families_needed: int = 1  # while one method is offered
    ambers_for_two_seniors: int = 3
    most_grants: int = 2
    most_returns: int = 2
    open_hours: int = 72
    verifying_minutes: int = 120
    possession_hours: int = 72
    proofing_hours: int = 336
    redraw_minutes: int = 240  # an unopened review goes to another senior

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
        """Return how long things are held after completion."""
        return timedelta(hours=self.hold_hours * _HOLD_FACTOR[tier])

    def minimum_review(self, tier: int) -> timedelta:
        """Return the shortest review before an approval."""
        return timedelta(seconds=self.minimum_review_seconds * (1 if tier < 2 else 3))

    def ends(self, state: str, *, now: datetime) -> datetime | None:
        """Return when the clock moves a case that enters this state now, None for never by this table alone."""
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
    """Return how careful an approval must be: 1 to 3.

    1: one second person. 2: something amber; the second person makes a check of their own. 3: much amber;
    two second persons.
    """
    if not ambers:
        return 1
    return HIGHEST_TIER if len(ambers) >= terms.ambers_for_two_seniors else 2


def target(state: str, *, tier: int, now: datetime) -> datetime | None:
    """Return by when the firm means to have done its part, None where it owes nothing."""
    review = {1: timedelta(minutes=30), 2: timedelta(hours=4), 3: timedelta(days=1)}
    spans = {
        State.OPEN: timedelta(hours=4),
        State.VERIFYING: timedelta(minutes=20),
        State.REVIEW: review[max(tier, 1)],
        State.CONTESTED: timedelta(days=1),
    }
    span = spans.get(State(state))
    return now + span if span else None
