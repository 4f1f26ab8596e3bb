"""Suspend a user."""

from accounts.actions import suspension
from accounts.management.suspending import SuspensionCommand


class Command(SuspensionCommand):
    """Suspend a user, with a reason for the record."""

    help = "End everything a user has open and stop sign-in until portal_reinstate."
    action = staticmethod(suspension.suspend)
    done = "Sign-in is stopped for {name}."
    unchanged = "{name} is suspended already."
