"""Take in what is new in the firm's own directory."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.imports import importing, report
from accounts.imports.sources import Directory


class Command(BaseCommand):
    """Run the firm's directory as a feed, from where the last run stopped."""

    help = "Make, change and close people and accounts as PORTAL_CUSTOMER_DIRECTORY says. Run it as often as you like."

    def handle(self, *_args: Any, **_options: Any) -> None:
        source = Directory.configured()
        if source is None:
            raise CommandError("Set PORTAL_CUSTOMER_DIRECTORY first; docs/how-to/import-customers.md says how.")
        outcome = importing.feed(source, by=None)
        self.stdout.write(report.outcome(outcome, done="taken in"))
        report.raise_for_mistakes(outcome)
