"""Requests to approve: whether one may be sent now, where one stands, which app may answer (KEY-2, KEY-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.enums import DenyReason, RequestState

WINDOW = timedelta(minutes=10)  # what the limit of requests and the silence after "not me" are counted over
DENIALS = 2  # refusals in a row after which no more requests are sent
WRONG_NUMBERS = 3  # tries at the number
GRACE = timedelta(seconds=10)  # how long an approval of the last moment may still be used
EXPIRED = "expired"


@dataclass(frozen=True)
class Past:
    """A request of this person: when it was sent, and what came of it."""

    sent_at: datetime
    answered_at: datetime | None = None
    state: str = RequestState.WAITING
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a request may be sent: not before ``until``, and not at all while ``is_stopped``."""

    until: datetime | None = None
    is_stopped: bool = False


def may_ask(past: Sequence[Past], *, proved_at: datetime | None, limit: int, now: datetime) -> Verdict:
    """Say whether a request may be sent now.

    ``past``: newest first; all of the last ten minutes and the last two that were answered, at least.
    ``proved_at``: when this person last used a second factor of any kind. ``limit``: requests in ten minutes.
    """
    if _is_stopped(past, proved_at):
        return Verdict(is_stopped=True)
    waits = [p.answered_at + WINDOW for p in past if p.answered_at and p.reason == DenyReason.NOT_ME]
    waits += [p.sent_at + WINDOW for p in past[limit - 1 : limit]]
    return Verdict(until=max((until for until in waits if until > now), default=None))


def _is_stopped(past: Sequence[Past], proved_at: datetime | None) -> bool:
    """Tell whether the last answers were refusals, all given since a second factor was last used."""
    answered = [p for p in past if p.answered_at][:DENIALS]
    return len(answered) == DENIALS and all(
        p.state == RequestState.DENIED and (proved_at is None or p.answered_at > proved_at)  # type: ignore[operator]
        for p in answered
    )


def standing(state: str, *, expires_at: datetime, now: datetime) -> str:
    """Return the state, or "expired" for one that ran out before it was answered or used."""
    is_open = state in {RequestState.WAITING, RequestState.APPROVED}
    return EXPIRED if is_open and expires_at <= now else str(state)


def is_current(version: str, *, minimum: str) -> bool:
    """Tell whether an app of this version may approve. What is no version is older than all."""
    return _parts(version) >= _parts(minimum)


def _parts(version: str) -> list[int]:
    """Return the numbers of a version, zeros at the end left out (1.0 is 1); none of what is no version."""
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return []
    numbers = [int(part) for part in parts]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
