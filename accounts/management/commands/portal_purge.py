"""``manage.py portal_purge``: delete what is no longer needed. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actions import purging
from portal.lib import clock


class Command(BaseCommand):
    """Delete old attempts, sessions, codes and browsers in small batches."""

    help = "Delete old tries, sessions, e-mailed codes and known browsers in small batches; audit events stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Count the rows that would be deleted, but delete none."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        work = purging.count if options["dry_run"] else purging.purge
        for name, rows in work(now=clock.now()):
            self.stdout.write(f"{rows:8} {name}")
