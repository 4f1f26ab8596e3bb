"""In place of two_factor's command, which deletes Keys without a word to anybody."""

from accounts.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Keys are turned off one by one, and their owner is told."""

    help = "Refused. Use portal_revoke_key."
    instead = (
        "Turn off one Key with manage.py portal_revoke_key USERNAME KEY, which tells its owner and records it; "
        "portal_status USERNAME shows the numbers."
    )
