"""What the worker does besides delivering: apps register their timers here at start."""

from collections.abc import Callable
from datetime import datetime

Tick = Callable[[datetime], int]

_TICKS: dict[str, Tick] = {}


def register(name: str, tick: Tick) -> None:
    """Add a timer: called with the present moment again and again, returns how much it did.

    A tick works in bounded batches, is idempotent, and may run in several workers at once.
    """
    _TICKS[name] = tick


def run_all(now: datetime) -> int:
    """Run every timer once; return how much was done."""
    return sum(tick(now) for tick in _TICKS.values())
