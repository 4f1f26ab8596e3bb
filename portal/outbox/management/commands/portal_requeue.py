"""Queue undelivered notices again."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.lib import clock
from portal.outbox import delivery


class Command(BaseCommand):
    """Queue undelivered notices again, after a long outage of the mail server."""

    help = "Queue undelivered notices again, for the worker to send. Codes that have expired stay unsent."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = delivery.requeue(now=clock.now())
        self.stdout.write(f"{count} notice{'' if count == 1 else 's'} queued again.")
