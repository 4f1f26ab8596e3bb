"""Import customers from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.imports import importing, reader
from portal.lib import clock


class Command(BaseCommand):
    """Check the whole file, then write all customers or none."""

    help = "Import customers from CSV or JSON lines (docs/reference/import-format.md): all of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=("csv", "jsonl"), help="If the file's name does not tell.")
        parser.add_argument("--dry-run", action="store_true", help="Check everything, write nothing. Begin with this.")
        parser.add_argument("--errors", type=int, default=100, metavar="N", help="Stop after N mistakes (100).")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        kind = options["format"] or reader.format_of(path)
        if not kind:
            raise CommandError(f"{path.name}: say --format csv or --format jsonl.")
        try:
            self._import(path, kind, limit=max(1, options["errors"]), is_dry=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except importing.ImportRefused as refused:
            raise CommandError(_words(refused.problems)) from refused

    def _import(self, path: Path, kind: str, *, limit: int, is_dry: bool) -> None:
        is_first = importing.is_first()
        with path.open("rb") as file:
            counted = importing.check(file, kind=kind, limit=limit)
            if not is_dry:
                counted = importing.import_customers(file, kind=kind, by=None, now=clock.now())
        done = "would be imported; nothing was written" if is_dry else "were imported"
        self.stdout.write(f"{counted.customers} customers with {counted.accounts} accounts {done}.")
        if is_first and not is_dry:
            self.stdout.write("This was the first import. Next time, --dry-run shows beforehand what a file would do.")


def _words(problems: reader.Problems) -> str:
    count = len(problems.found)
    end = "\nThere may be more: this is where --errors stops." if count >= problems.limit else ""
    heading = f"Nothing was imported. {count} mistake{'' if count == 1 else 's'}:"
    return "\n  ".join([heading, *map(str, problems.found)]) + end
