"""Open sign-in of one log-in again."""

from accounts.actions import hold
from accounts.management.holding import HoldCommand


class Command(HoldCommand):
    """Open sign-in of one log-in again, with a reason for the record."""

    help = "Open the sign-in of a log-in that is on hold. Verify the person first."
    deed = staticmethod(hold.release)
    done = "Sign-in is open again for {name}."
    unchanged = "{name} is not on hold."
