"""List the limits in use, in place of axes' own table, which stays empty here."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from portal.lib import clock
from portal.throttle.models import Throttle


class Command(BaseCommand):
    """Print one line for each limit in use: its name, subject, attempts used and allowed, and until when."""

    help = "List the attempts that are counted, and the running pauses."

    def handle(self, *_args: Any, **_options: Any) -> None:
        now = clock.now()
        names = dict(
            User.objects.filter(username_hash__in=Throttle.objects.values("subject")).values_list(
                "username_hash", "username"
            )
        )
        for row in Throttle.objects.filter(used__gt=0).order_by("-last_at").iterator():
            whose = names.get(row.subject, row.subject[:12])
            until = row.locked_until(now)
            words = f"until {until:%Y-%m-%d %H:%M:%S} UTC" if until else ""
            self.stdout.write(f"{row.limit}\t{whose}\t{row.used}/{row.tries}\t{words}")
