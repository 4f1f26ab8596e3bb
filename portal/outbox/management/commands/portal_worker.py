"""``manage.py portal_worker``: deliver notices and run the periodic tasks until told to stop."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from portal.lib import clock, logs
from portal.outbox import delivery, periodic_tasks

log = logging.getLogger("portal.worker")

_PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    """Run one worker; any number may run at once."""

    help = "Deliver notices and run the periodic tasks until SIGTERM or Ctrl-C; --once empties what is due and stops."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            done = self._round()
            if options["once"] and not done:
                return
            if not done:
                stop.wait(_PAUSE_SECONDS)

    def _round(self) -> int:
        try:
            return periodic_tasks.run_all(clock.now()) + delivery.deliver_due()
        except Exception as error:  # noqa: BLE001  a worker that ends tells nobody anything any more
            log.error("a round failed", extra={"facts": logs.fault(error)})  # noqa: TRY400  its text may be personal
            close_old_connections()
            return 0
