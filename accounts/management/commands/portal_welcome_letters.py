"""Print welcome letters."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.welcome import printing
from accounts.enums import Realm
from accounts.management.letter_files import LIST, PAGE, LetterFiles
from portal.lib import clock

_LEFT_OUT = {
    "no address": "Left out, no street and city on file: {count}. --to-hand-over prints theirs.",
    "has an address": "Left out, theirs go by post: {count}. Without --to-hand-over they are printed.",
    "held": "Left out, lost letters whose postal address was changed a short time ago: {count}. They stay wanted.",
}


class Command(BaseCommand):
    """Draw a code for everybody a letter is due to, and write the letters."""

    help = (
        "Write welcome letters for everybody who has no password and never had one, and for letters asked for: "
        f"{PAGE} to print and {LIST} for a print house. The codes exist in these files only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT", help="Folder for the two files.")
        parser.add_argument("--realm", choices=Realm.values, default="", help="Only live or only paper trading.")
        parser.add_argument("--limit", type=int, default=0, metavar="N", help="At most N letters.")
        parser.add_argument("--again", action="store_true", help="Also to those whose letter ran out unused.")
        parser.add_argument(
            "--to-hand-over", action="store_true", help="Only those without a postal address, to hand over in person."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only count; write nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["limit"] < 0:
            raise CommandError("--limit must be 1 or more.")
        choice = printing.Choice(**{name: options[name] for name in ("realm", "to_hand_over", "again", "limit")})
        run = printing.Run(choice, clock.now())
        if options["dry_run"]:
            printing.draw(run, None)
        else:
            self._print(run, options["out"])
        self._report(run, options["out"], is_dry=options["dry_run"])

    def _print(self, run: printing.Run, folder: Path) -> None:
        try:
            with LetterFiles(folder, now=run.now) as files:
                printing.draw(run, files.write)
                if not run.written:
                    return
                files.complete()
                printing.finish(run)
        except FileExistsError as error:
            raise CommandError(
                f"{error.filename} exists already. Nothing was printed. Files of an unfinished run hold no code that "
                "works: delete them."
            ) from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}. Nothing counts as printed.") from error
        except printing.RunOvertaken as error:
            raise CommandError(
                "Another run printed some of these letters at the same time. The files of this one were deleted, and "
                "nothing in them counts as printed: run it again when the other has ended."
            ) from error

    def _report(self, run: printing.Run, folder: Path, *, is_dry: bool) -> None:
        new, again = run.counts["new"], run.counts["again"]
        done = "Letters that would be written" if is_dry else "Letters written"
        self.stdout.write(f"{done}: {run.written} (first ones: {new}, in place of an earlier one: {again}).")
        for kind, words in _LEFT_OUT.items():
            if run.counts[kind]:
                self.stdout.write(words.format(count=run.counts[kind]))
        if run.written and not is_dry:
            self.stdout.write(
                f"{folder / PAGE} is for the printer, {folder / LIST} for a print house: use one of the two.\n"
                "Whoever reads them can begin to sign in as these people. Delete both as soon as the letters are "
                "printed; the codes cannot be shown again."
            )
