"""Stock commands that would change people past the actions of the house."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class RefusedCommand(BaseCommand):
    """Refuse, whatever the arguments, and say what to do instead.

    The command of the same name of a library is thereby out of reach: Django takes the one of the first app.
    """

    instead: str

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that takes any option."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        known = parser.parse_known_args

        def parse(args: Any = None, namespace: Any = None) -> Namespace:
            found: Namespace = known(args, namespace)[0]
            return found

        parser.__dict__["parse_args"] = parse
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take any argument."""
        parser.add_argument("ignored", nargs="*")

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Raise ``CommandError``."""
        raise CommandError(self.instead)
