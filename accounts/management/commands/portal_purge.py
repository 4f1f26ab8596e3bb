"""``manage.py portal_purge``: delete what is no longer needed. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actions import purging
from portal.lib import clock


class Command(BaseCommand):
    """Delete what is past its end in small batches, and erase people whose time is over."""

    help = "Delete what is past its end, in small batches: tries, sessions, events, cases, people closed for long."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Count the rows that would be deleted, but delete none."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        work = purging.count if options["dry_run"] else purging.purge
        for name, rows in work(now=clock.now()):
            self.stdout.write(f"{rows:8} {name}")
