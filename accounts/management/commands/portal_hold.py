"""Stop sign-in of one log-in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import hold
from accounts.models import User
from portal.lib import clock


class Command(BaseCommand):
    """Stop sign-in of one log-in, with a reason for the record."""

    help = "End everything a log-in has open and stop its sign-in until portal_release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="Kept in the record, which the customer reads.")

    def handle(self, *_args: Any, **options: Any) -> None:
        reason, name = options["reason"].strip(), options["username"]
        if not reason or len(reason) > hold.LONGEST_REASON or not reason.isprintable():
            raise CommandError(f"--reason must be one line of 1 to {hold.LONGEST_REASON} characters.")
        user = User.objects.by_username(name)
        if user is None:
            raise CommandError(f"There is no log-in {name}.")
        try:
            hold.hold(user, reason=reason, by=None, origin=None, now=clock.now())
        except hold.HoldUnchanged as unchanged:
            raise CommandError(f"{name} is on hold already.") from unchanged
        self.stdout.write(f"Sign-in is stopped for {name}.")
