"""``manage.py test`` runs pytest, so both commands run the same suite."""

import shlex
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings


class PytestRunner:
    """Translate the options of ``manage.py test`` and run pytest in a separate process.

    Separate because this process has already loaded the applications: lines that ran
    before coverage started would count as never run.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare what the command accepts besides paths and ``--verbosity``."""
        parser.add_argument("--failfast", action="store_true", help="Stop at the first failure.")
        parser.add_argument("--keepdb", action="store_true", help="Keep the test database for the next run.")
        parser.add_argument("--parallel", nargs="?", const="auto", metavar="N", help="Run in N processes.")
        parser.add_argument("-k", dest="keyword", metavar="EXPRESSION", help="Only tests whose name matches.")
        parser.add_argument("--tag", action="append", default=[], help="Only tests with this mark.")
        parser.add_argument("--exclude-tag", action="append", default=[], help="Only tests without this mark.")
        parser.add_argument("--pytest-args", default="", help='Passed on as they are: --pytest-args="--cov".')

    def run_tests(self, test_labels: Sequence[str], **_kwargs: Any) -> int:
        """Run the tests at these paths or dotted names, all if there are none.

        Returns pytest's exit code: 0 if all passed, else not 0 (also for a label that does not
        exist and for an empty selection).
        """
        command = [sys.executable, "-m", "pytest", *self.arguments(), *map(target, test_labels)]
        return subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode  # noqa: S603  our own arguments

    def arguments(self) -> list[str]:
        """Return the options in pytest's spelling."""
        options = self.options
        chosen = {
            "--exitfirst": options.get("failfast"),
            "--reuse-db": options.get("keepdb"),
            "-v": options.get("verbosity", 1) > 1,
            "-q": options.get("verbosity", 1) < 1,
        }
        arguments = [name for name, wanted in chosen.items() if wanted]
        if options.get("parallel"):
            arguments += ["-n", str(options["parallel"])]
        if options.get("keyword"):
            arguments += ["-k", options["keyword"]]
        marks = [*options.get("tag", []), *(f"not {tag}" for tag in options.get("exclude_tag", []))]
        if marks:
            arguments += ["-m", " and ".join(marks)]
        return arguments + shlex.split(options.get("pytest_args", ""))


def target(label: str) -> str:
    """Return the path for a label.

    A label is a path (``tests/accounts``, optionally with ``::test_y``), an application
    (``accounts`` means ``tests/accounts``) or a dotted name.
    Anything else is passed on unchanged, and pytest reports that it does not exist.
    """
    for path in (f"tests/{label.strip('/')}", label):
        if (settings.BASE_DIR / path.partition("::")[0]).exists():
            return path
    parts = label.split(".")
    for count in range(len(parts), 0, -1):
        module = Path(*parts[:count])
        if (settings.BASE_DIR / module).is_dir():
            return "::".join([str(module), *parts[count:]])
        if (settings.BASE_DIR / module.with_suffix(".py")).is_file():
            return "::".join([f"{module}.py", *parts[count:]])
    return label
