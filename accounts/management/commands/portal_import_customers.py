"""Take in the firm's books from files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.imports import importing, report
from accounts.imports.planning import Change
from accounts.imports.reader import UnknownSheet
from accounts.imports.sources import Files, UnknownFormat
from portal.lib import clock


class Command(BaseCommand):
    """Compare the whole books with what is stored, then write all of it or none; or, with --feed, batch by batch."""

    help = "Make, change and close people, usernames, accounts and activity (docs/reference/import-format.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="A file, or a folder with one file for each kind of record.")
        parser.add_argument("--format", choices=("csv", "jsonl"), help="If the file's name does not tell.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Compare everything, write nothing. Begin with this."
        )
        parser.add_argument("--list", action="store_true", help="With --dry-run: name what would change, no values.")
        parser.add_argument("--feed", action="store_true", help="Write in batches, leave out mistakes, go on later.")
        parser.add_argument("--errors", type=int, default=100, metavar="N", help="Stop after N mistakes (100).")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            source = Files.at(path, options["format"] or "")
            self._import(source, **options)
        except UnknownFormat as unknown:
            raise CommandError(f"{unknown}: say --format csv or --format jsonl.") from unknown
        except UnknownSheet as unknown:
            raise CommandError(
                f"{unknown} would not be read: no sheet has this name, or it is there twice. Nothing was imported."
            ) from unknown
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except importing.ImportRefused as refused:
            raise CommandError(report.refusal(refused.problems)) from refused

    def _import(self, source: Files, *, feed: bool, dry_run: bool, errors: int, **options: Any) -> None:
        is_first = importing.is_first()
        if feed and not dry_run:
            outcome = importing.feed(source, by=None)
            self.stdout.write(report.outcome(outcome, done="taken in"))
            report.raise_for_mistakes(outcome)
            return
        watch = self._name if options["list"] and dry_run else None
        outcome = importing.check(source, limit=max(1, errors), watch=watch)
        if not dry_run:
            remarks = outcome.problems
            outcome = importing.import_books(source, by=None, now=clock.now())
            outcome.problems = remarks
        self.stdout.write(report.outcome(outcome, done="nothing was written; it would be" if dry_run else "written"))
        if is_first and not dry_run:
            self.stdout.write("These were the first books. Next time, --dry-run shows beforehand what a file would do.")

    def _name(self, change: Change) -> None:
        self.stdout.write(report.line(change))
