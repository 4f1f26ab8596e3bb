"""Erase a person."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.privacy import erasure
from accounts.management import choosing_person
from accounts.models import Customer
from portal.lib import clock


class Command(BaseCommand):
    """Erase everything personal about somebody whose every username is closed; the record stays verifiable."""

    help = "Erase a person whose every username is closed. Cannot be undone. Without --yes, only say what would go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choosing_person.add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="Erase; without it nothing is changed.")

    def handle(self, *_args: Any, **options: Any) -> None:
        row = choosing_person.chosen(options)
        person = erasure.of_customer(row) if isinstance(row, Customer) else erasure.of_employee(row)
        if not options["yes"]:
            names = ", ".join(user.username for user in person.users) or "no username"
            self.stdout.write(f"{type(row).__name__} {row}: {names}")
            self.stdout.write("Rows about them. Events and closed cases stay, with numbers and codes only:")
            for label, count in erasure.extent(person):
                self.stdout.write(f"{count:8} {label}")
            obstacles = list(erasure.obstacles(person))
            for sentence in obstacles:
                self.stdout.write(f"Cannot be erased yet: {sentence}")
            then = "" if obstacles else " Run it again with --yes."
            self.stdout.write(f"Nothing was erased.{then}")
            return
        try:
            erasure.erase(person, now=clock.now())
        except erasure.NotErasable as refused:
            raise CommandError(f"Nothing was erased. {refused}") from refused
        self.stdout.write("Erased. Backups made before today still hold the person: see docs/how-to/privacy.md.")
