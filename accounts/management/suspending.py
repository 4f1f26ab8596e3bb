"""The common base of portal_suspend and portal_reinstate."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import suspension
from accounts.models import User
from portal.audit import sealed_words
from portal.lib import clock


class SuspensionCommand(BaseCommand):
    """One action on one user, with a reason for the record."""

    action: Callable[..., User]
    done: str  # with {name}
    unchanged: str  # with {name}

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the username and the reason."""
        parser.add_argument("username")
        parser.add_argument(
            "--reason", required=True, help="Recorded in the activity log, which the customer can read."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the action, or say why it was refused."""
        reason, name = options["reason"].strip(), options["username"]
        if not reason or len(reason) > sealed_words.LONGEST_REASON or not reason.isprintable():
            raise CommandError(f"--reason must be one line of 1 to {sealed_words.LONGEST_REASON} characters.")
        user = User.objects.by_username(name)
        if user is None:
            raise CommandError(f"There is no user {name}.")
        if user.is_staff:
            raise CommandError(f"{name} works here: use manage.py portal_staff.")
        try:
            type(self).action(user, reason=reason, by=None, origin=None, now=clock.now())
        except suspension.SuspensionUnchanged as unchanged:
            raise CommandError(self.unchanged.format(name=name)) from unchanged
        self.stdout.write(self.done.format(name=name))
