"""In place of django-otp's command, which stores a code in clear."""

from accounts.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Backup codes are made by their owner."""

    help = "Refused. Backup codes are made by their owner."
    instead = "Backup codes are made by their owner, on the Security page, and stored as hashes only."
