"""End the pause of a user."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.sign_in import unlock
from accounts.models.users import hash_of_username
from portal.audit import sealed_words
from portal.lib import clock


class Command(BaseCommand):
    """End the running pauses of a username, with a reason for the record."""

    help = "End the running pauses of a user. Verify the person first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--reason", required=True, help="Recorded in the activity log, which the customer can read."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        if not reason or len(reason) > sealed_words.LONGEST_REASON or not reason.isprintable():
            raise CommandError(f"--reason must be one line of 1 to {sealed_words.LONGEST_REASON} characters.")
        subject = hash_of_username(options["username"])
        try:
            count = unlock.lift_pauses(subject=subject, reason=reason, by=None, origin=None, now=clock.now())
        except unlock.NothingPaused as nothing:
            raise CommandError(
                f"No pause is running for {options['username']}. "
                f"manage.py portal_status {options['username']} shows what stands in the way."
            ) from nothing
        self.stdout.write(f"{count} pause{'' if count == 1 else 's'} ended.")
