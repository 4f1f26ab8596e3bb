"""Verify the audit record, or export it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit import export, hash_chain
from portal.lib import clock


class Command(BaseCommand):
    """Verify every chain of the record, or export it. Format: docs/reference/audit-export.md."""

    help = "verify: recompute the record and name every fault. export: write it as JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        verify = tasks.add_parser("verify", help="Name every fault; ends with 1 if there is one.")
        verify.add_argument("--checkpoint", type=Path, metavar="FILE", help="Compare with a checkpoint written before.")
        write = tasks.add_parser("export", help="Write every event.")
        write.add_argument("--output", type=Path, metavar="FILE", help="Where to; else to the screen.")
        write.add_argument("--checkpoint", type=Path, metavar="FILE", help="Write a checkpoint over all chains too.")

    def handle(self, *_args: Any, **options: Any) -> None:
        with export.snapshot():
            if options["task"] == "verify":
                self._verify(options["checkpoint"])
                return
            try:
                self._export(options.get("output"), options["checkpoint"])
            except ValueError as unreadable:
                raise CommandError(f"{unreadable}. Nothing behind it was written.") from unreadable

    def _verify(self, checkpoint: Path | None) -> None:
        count = 0
        for fault in chain(hash_chain.faults(), _losses(checkpoint) if checkpoint else ()):
            self.stdout.write(fault)
            count += 1
        if count:
            raise CommandError(f"The record has {count} fault{'' if count == 1 else 's'}.")
        self.stdout.write("The record is whole.")

    def _export(self, output: Path | None, checkpoint: Path | None) -> None:
        if output is None:
            for line in export.lines():
                self.stdout.write(line)
        else:
            with output.open("w", encoding="ascii", newline="\n") as file:
                file.writelines(f"{line}\n" for line in export.lines())
        if checkpoint is not None:
            checkpoint.write_text(export.checkpoint(now=clock.now()) + "\n", encoding="ascii")


def _losses(path: Path) -> Iterator[str]:
    try:
        known = export.read_checkpoint(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (export.CheckpointRefused, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be used: {error}.") from error
    return export.losses(known)
