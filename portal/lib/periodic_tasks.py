"""What the worker does besides delivering: apps register their timers here at start."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError

from portal.lib import logs

log = logging.getLogger("portal.worker")

K = TypeVar("K", int, str)
Tick = Callable[[datetime], int]

_TICKS: dict[str, Tick] = {}


def register(name: str, tick: Tick) -> None:
    """Add a timer: called with the present moment again and again, returns how much it did.

    A tick works in bounded batches, is idempotent, and may run in several workers at once.
    """
    _TICKS[name] = tick


def run_all(now: datetime) -> int:
    """Run every timer once; return how much was done. A fault of one is logged and never stops the others."""
    done = 0
    for name, tick in list(_TICKS.items()):
        try:
            done += tick(now)
        except Exception as error:  # noqa: BLE001  whatever it is, the others and the post must go on
            facts = {"timer": name} | logs.fault(error)
            log.error("a timer failed", extra={"facts": facts})  # noqa: TRY400  its text may be personal
    return done


def each(name: str, rows: Iterable[K], action: Callable[[K], int]) -> int:
    """Do ``action`` for each row (primary keys); return how much was done.

    A fault of one row is logged and does not stop the others; a database that is away ends the round.
    Needs: an action that opens its own transaction, so that a fault undoes that row alone.
    """
    done = 0
    for row in rows:
        try:
            done += action(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  one bad row must not hold up everybody else's
            facts = {"timer": name, "row": row} | logs.fault(error)
            log.error("a row failed", extra={"facts": facts})  # noqa: TRY400  its text may be personal
    return done
