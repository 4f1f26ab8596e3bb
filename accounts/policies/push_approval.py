"""Push requests: whether one may be sent now, its state, which app may answer (KEY-2, KEY-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.enums import DenyReason, RequestState

SILENCE = timedelta(minutes=10)  # without requests, after "not me"
DENIALS = 2  # denials in a row after which no more requests are sent
GRACE = timedelta(seconds=10)  # how long an approval given at the last moment may still be used
EXPIRED = "expired"


@dataclass(frozen=True)
class Past:
    """An answered request of this user: when, and how."""

    answered_at: datetime
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a request may be sent: not before ``until``, and not at all while ``is_stopped``."""

    until: datetime | None = None
    is_stopped: bool = False


def may_ask(past: Sequence[Past], *, proved_at: datetime | None, now: datetime) -> Verdict:
    """Decide whether a request may be sent now.

    ``past``: newest first; at least all that were answered during a silence, and the last two.
    ``proved_at``: when this user last used a second factor of any kind.
    """
    if _is_stopped(past, proved_at):
        return Verdict(is_stopped=True)
    waits = [p.answered_at + SILENCE for p in past if p.reason == DenyReason.NOT_ME]
    return Verdict(until=max((until for until in waits if until > now), default=None))


def _is_stopped(past: Sequence[Past], proved_at: datetime | None) -> bool:
    """Tell whether the last answers were denials, all given since a second factor was last used."""
    return len(past) >= DENIALS and all(
        p.state == RequestState.DENIED and (proved_at is None or p.answered_at > proved_at) for p in past[:DENIALS]
    )


def state_at(state: str, *, expires_at: datetime, now: datetime) -> str:
    """Return the state, or "expired" if the request ran out before it was answered or used."""
    is_open = state in {RequestState.WAITING, RequestState.APPROVED}
    return EXPIRED if is_open and expires_at <= now else str(state)


def is_current(version: str, *, minimum: str) -> bool:
    """Tell whether an app of this version may approve. An invalid version counts as the oldest."""
    return _parts(version) >= _parts(minimum)


def _parts(version: str) -> list[int]:
    """Return the numbers of a version without trailing zeros (1.0 is 1); none for an invalid one."""
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return []
    numbers = [int(part) for part in parts]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
