"""Turn off a Key from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.keys import key_revocation
from accounts.enums import EndReason
from accounts.models import Key, User
from accounts.refusals import PhoneEnded
from portal.lib import clock


class Command(BaseCommand):
    """Turn off one Key of a user, or the whole phone it is on."""

    help = "Turn a Key off; portal_status USERNAME shows the numbers. Verify the person first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("key", type=int, help="The Key's number, as shown by portal_status.")
        parser.add_argument("--lost", action="store_true", help="The phone is lost: turn off every Key on it.")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.by_username(options["username"])
        key = (
            Key.objects.select_related("phone", "user").filter(pk=options["key"], user=user, user__isnull=False).first()
        )
        if key is None:
            raise CommandError(f"{options['username']} has no Key with the number {options['key']}.")
        try:
            ended = self._end(key, is_lost=options["lost"])
        except PhoneEnded as refusal:
            raise CommandError(f"This Key is already off: {EndReason(refusal.reason).label.lower()}.") from refusal
        self.stdout.write(f"{ended} Key{'' if ended == 1 else 's'} turned off. Owners notified.")

    @staticmethod
    def _end(key: Key, *, is_lost: bool) -> int:
        now = clock.now()
        if is_lost and key.phone:
            return len(key_revocation.report_lost(phone=key.phone, by=None, origin=None, now=now))
        reason = EndReason.LOST if is_lost else EndReason.TURNED_OFF
        key_revocation.end_key(key=key, reason=reason, by=None, origin=None, now=now)
        return 1
