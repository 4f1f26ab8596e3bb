"""Print the current code of a demo Key."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Key, User
from accounts.policies.keys import totp
from portal.lib import clock


class Command(BaseCommand):
    """Stand in for a demo user's phone."""

    help = "Print a demo user's codes for now and for the next 30 seconds. Works in a demo only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--offset", type=int, default=0, help="Seconds by which the phone's clock is fast.")
        parser.add_argument("--bare", action="store_true", help="Print only the current code, one line per Key.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Codes are only printed in a demo, and PORTAL_DEBUG is off.")
        user = User.objects.by_username(options["username"])
        if user is None:
            raise CommandError(f"There is no user {options['username']!r}.")
        keys = list(Key.objects.filter(user=user, confirmed=True).order_by("pk"))
        if not keys:
            raise CommandError(f"{user.username} has no Key.")
        at = clock.now().timestamp() + options["offset"]
        for key in keys:
            self._print(key, at, is_bare=options["bare"])

    def _print(self, key: Key, at: float, *, is_bare: bool) -> None:
        seed, step = totp.decode_secret(key.secret), totp.step_at(at)
        now, then = totp.at_step(seed, step), totp.at_step(seed, step + 1)
        if is_bare:
            self.stdout.write(now)
            return
        left = int((step + 1) * totp.PERIOD - at)
        used = " (used already, wait for the next)" if step <= key.last_step else ""
        self.stdout.write(f"{key.name}: {now} for {left} more seconds{used}, then {then}")
