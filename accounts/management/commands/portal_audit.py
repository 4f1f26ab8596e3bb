"""Check the record, or take it out of the house."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import anchors, audit
from portal.lib import clock


class Command(BaseCommand):
    """Verify every chain of the record, or export it. Format: docs/reference/audit-export.md."""

    help = "verify: recompute the record and name every fault. export: write it as JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        verify = tasks.add_parser("verify", help="Name every fault; ends with 1 if there is one.")
        verify.add_argument("--anchor", type=Path, metavar="FILE", help="Compare with an anchor written before.")
        export = tasks.add_parser("export", help="Write every event.")
        export.add_argument("--output", type=Path, metavar="FILE", help="Where to; else to the screen.")
        export.add_argument("--anchor", type=Path, metavar="FILE", help="Write an anchor over all chains as well.")

    def handle(self, *_args: Any, **options: Any) -> None:
        with anchors.snapshot():
            if options["task"] == "verify":
                self._verify(options["anchor"])
            else:
                self._export(options.get("output"), options["anchor"])

    def _verify(self, anchor: Path | None) -> None:
        count = 0
        for fault in chain(audit.faults(), _losses(anchor) if anchor else ()):
            self.stdout.write(fault)
            count += 1
        if count:
            raise CommandError(f"The record has {count} fault{'' if count == 1 else 's'}.")
        self.stdout.write("The record is whole.")

    def _export(self, output: Path | None, anchor: Path | None) -> None:
        if output is None:
            for line in anchors.lines():
                self.stdout.write(line)
        else:
            with output.open("w", encoding="ascii", newline="\n") as file:
                file.writelines(f"{line}\n" for line in anchors.lines())
        if anchor is not None:
            anchor.write_text(anchors.anchor(now=clock.now()) + "\n", encoding="ascii")


def _losses(path: Path) -> Iterator[str]:
    try:
        known = anchors.read_anchor(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (anchors.AnchorRefused, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be used: {error}.") from error
    return anchors.losses(known)
