"""Periodic tasks of the worker, registered by apps at start."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError

from portal.lib import logs

log = logging.getLogger("portal.worker")

K = TypeVar("K", int, str)
PeriodicTask = Callable[[datetime], int]

_TASKS: dict[str, PeriodicTask] = {}


def register(name: str, task: PeriodicTask) -> None:
    """Register a task: it is called repeatedly with the current time and returns how much it did.

    A task works in bounded batches, is idempotent, and may run in several workers at once.
    """
    _TASKS[name] = task


def run_all(now: datetime) -> int:
    """Run every task once; return how much was done. A failure of one is logged and never stops the others."""
    done = 0
    for name, task in list(_TASKS.items()):
        try:
            done += task(now)
        except Exception as error:  # noqa: BLE001  whatever it is, the others and the post must go on
            facts = {"task": name} | logs.fault(error)
            log.error("a periodic task failed", extra={"facts": facts})  # noqa: TRY400  its text may be personal
    return done


def each(name: str, rows: Iterable[K], action: Callable[[K], int]) -> int:
    """Do ``action`` for each row (primary keys); return how much was done.

    A failure of one row is logged and does not stop the others; an unavailable database ends the round.
    Needs: an action that opens its own transaction, so that a failure rolls back that row only.
    """
    done = 0
    for row in rows:
        try:
            done += action(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  one bad row must not hold up everybody else's
            facts = {"task": name, "row": row} | logs.fault(error)
            log.error("a row failed", extra={"facts": facts})  # noqa: TRY400  its text may be personal
    return done
