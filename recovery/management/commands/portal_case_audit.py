"""Check the record of every recovery case."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recovery.actions import case_events


class Command(BaseCommand):
    """Recompute every chain of events and compare it with its case and with its owner's record."""

    help = "Check the record of every recovery case; fails if anything was altered, added or taken away."

    def handle(self, *_args: Any, **_options: Any) -> None:
        faults = list(case_events.faults())
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"Faults found in the case record: {len(faults)}.")
        self.stdout.write("The record of every case is intact.")
