"""Send after all what was given up."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.lib import clock
from portal.outbox import delivery


class Command(BaseCommand):
    """Make notices that were given up due again, for after a long outage of the mail server."""

    help = "Make notices that were given up due again; the worker sends them. Codes that ran out stay unsent."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = delivery.requeue(now=clock.now())
        self.stdout.write(f"{count} notice{'' if count == 1 else 's'} queued again.")
