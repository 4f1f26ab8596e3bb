"""In place of Django's command, which keeps no rule, no history and no record."""

from accounts.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Only its owner sets a password."""

    help = "Refused. Only its owner sets a password."
    instead = (
        "Only its owner sets a password: they choose Forgot your password? on the sign-in page, "
        "or open a recovery case."
    )
