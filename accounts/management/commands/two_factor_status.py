"""In place of two_factor's command, which knows nothing of our Keys."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models.authenticators import user_for_sign_in


class Command(BaseCommand):
    """Print whether each user has a second factor of any kind; portal_status says more."""

    help = "Say whether users have a second factor: a Key, a passkey or backup codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("usernames", nargs="+", metavar="username")

    def handle(self, *_args: Any, **options: Any) -> None:
        for username in options["usernames"]:
            user = user_for_sign_in(username)
            if user is None:
                raise CommandError(f"There is no user {username!r}.")
            self.stdout.write(f"{user.username}: {'enabled' if user.has_authenticator else 'disabled'}")
