"""``manage.py portal_worker``: deliver notices and events, and run the periodic tasks, until told to stop."""

import logging
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connections

from portal.lib import clock, logs
from portal.outbox import delivery, periodic_tasks
from portal.outbox.hooks import receivers, sending

log = logging.getLogger("portal.worker")

_PAUSE_SECONDS = 1.0
Round = Callable[[], int]


class Command(BaseCommand):
    """Run one worker; any number may run at once.

    Each lane of notices, each of the firm's systems that is told of events, and the periodic tasks have a thread of
    their own, so that a server that does not answer holds up its own lane and nothing else.
    """

    help = (
        "Deliver notices and events and run the periodic tasks until SIGTERM or Ctrl-C; --once empties what is due "
        "and stops."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, stopping(stop))
        rounds: dict[str, Round] = {"periodic tasks": lambda: periodic_tasks.run_all(clock.now())}
        rounds |= {str(lane): partial(delivery.deliver_due, lane=lane) for lane in delivery.lanes()}
        told = [receiver.name for receiver in receivers.every()]
        rounds |= {f"events for {name}": partial(sending.deliver_due, receiver=name) for name in told}
        if options["once"]:
            while not stop.is_set() and any([_done(name, one) for name, one in rounds.items()]):  # noqa: C419  all of them
                pass
            return
        threads = [threading.Thread(target=_run, args=(name, one, stop), name=name) for name, one in rounds.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def stopping(stop: threading.Event) -> Callable[..., None]:
    """Return the handler of the signals that stop the worker.

    Ctrl-C and the Makefile send two of them. A second one in the middle of ``set`` would wait for ever for the lock
    that the first one holds.
    """
    asked: list[bool] = []

    def handler(*_: object) -> None:
        if not asked:
            asked.append(True)
            stop.set()

    return handler


def _run(name: str, one: Round, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            if not _done(name, one):
                stop.wait(_PAUSE_SECONDS)
    finally:
        connections.close_all()  # this thread's


def _done(name: str, one: Round) -> int:
    """Run one round; a failure is logged and counts as nothing done."""
    try:
        return one()
    except Exception as error:  # noqa: BLE001  a worker that ends tells nobody anything any more
        log.error("a round failed", extra={"facts": {"of": name} | logs.fault(error)})  # noqa: TRY400  its text may be personal
        close_old_connections()
        return 0
