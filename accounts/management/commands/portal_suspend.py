"""Stop sign-in of one log-in."""

from accounts.actions import suspension
from accounts.management.suspending import SuspensionCommand


class Command(SuspensionCommand):
    """Stop sign-in of one log-in, with a reason for the record."""

    help = "End everything a log-in has open and stop its sign-in until portal_reinstate."
    action = staticmethod(suspension.suspend)
    done = "Sign-in is stopped for {name}."
    unchanged = "{name} is suspended already."
