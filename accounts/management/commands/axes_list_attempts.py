"""List budgets of tries, where axes would list its own table, which stays empty here."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Throttle, User
from portal.lib import clock


class Command(BaseCommand):
    """Print one line a budget that has used tries: what for, whose, used and allowed, until when."""

    help = "List the tries that are counted, and the pauses that run."

    def handle(self, *_args: Any, **_options: Any) -> None:
        now = clock.now()
        names = dict(
            User.objects.filter(username_hash__in=Throttle.objects.values("subject")).values_list(
                "username_hash", "username"
            )
        )
        for row in Throttle.objects.filter(used__gt=0).order_by("-last_at").iterator():
            whose = names.get(row.subject, row.subject[:12])
            is_paused = row.paused_until is not None and row.paused_until > now
            until = f"until {row.paused_until:%Y-%m-%d %H:%M:%S} UTC" if is_paused else ""
            self.stdout.write(f"{row.budget}\t{whose}\t{row.used}/{row.limit}\t{until}")
