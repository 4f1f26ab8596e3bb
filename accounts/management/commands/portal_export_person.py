"""Write everything that is held about a person to two files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.privacy import export
from accounts.management import choosing_person
from portal.lib import clock


class Command(BaseCommand):
    """Write a page to read and a file for programs; the record of each username says so."""

    help = "Write all that is held about a person: person.html to read, person.json for programs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choosing_person.add_arguments(parser)
        parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="A new folder for the files.")

    def handle(self, *_args: Any, **options: Any) -> None:
        row, now, folder = choosing_person.chosen(options), clock.now(), options["output"]
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise CommandError(f"{folder} cannot be made: {error.strerror}. Nothing was written.") from error
        person = export.give_out(row, now=now)
        _write(folder / "person.json", "".join(export.as_json(person, now=now)))
        _write(folder / "person.html", export.as_page(person, now=now))
        self.stdout.write(f"{folder} holds person.html and person.json. Delete them once the person has them.")


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else may read."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")
