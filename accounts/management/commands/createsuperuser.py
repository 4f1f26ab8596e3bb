"""In place of Django's command: nobody here may do everything, and nobody works without a Key."""

from accounts.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Staff need a role and a Key."""

    help = "Refused. Staff need a role and a Key."
    instead = (
        "Members of staff need a role and a Key, which this command cannot give. "
        "Make the first operator with manage.py portal_staff add; see docs/how-to/staff.md."
    )
