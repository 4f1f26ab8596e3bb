"""Generate the key that signs notifications."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.lib import push


class Command(BaseCommand):
    """Print a new key pair; nothing is stored."""

    help = "Print a new key pair for notifications. Phones that subscribed under another key must do so again."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        private = push.new_private_key()
        self.stdout.write(f"PORTAL_VAPID_PRIVATE_KEY={private}")
        self.stdout.write(f"Keep it secret. Phones learn its public half by themselves: {push.public_key_of(private)}")
