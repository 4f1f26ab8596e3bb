"""Reinstate a suspended user."""

from accounts.actions import suspension
from accounts.management.suspending import SuspensionCommand


class Command(SuspensionCommand):
    """Reinstate a suspended user, with a reason for the record."""

    help = "Let a suspended user sign in again. Verify the person first."
    action = staticmethod(suspension.reinstate)
    done = "Sign-in is open again for {name}."
    unchanged = "{name} is not suspended."
