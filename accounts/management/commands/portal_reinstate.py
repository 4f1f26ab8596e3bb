"""Open sign-in of one log-in again."""

from accounts.actions import suspension
from accounts.management.suspending import HoldCommand


class Command(HoldCommand):
    """Open sign-in of one log-in again, with a reason for the record."""

    help = "Open the sign-in of a log-in that is on hold. Verify the person first."
    action = staticmethod(suspension.release)
    done = "Sign-in is open again for {name}."
    unchanged = "{name} is not on hold."
