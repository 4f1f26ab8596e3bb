"""Ending a pause by hand, after the person was verified (LOCK-3)."""

from datetime import datetime

from django.db import transaction

from accounts.actions import audit, throttle
from accounts.enums import Action
from accounts.models import User
from portal.lib import client

LONGEST_REASON = 200


class NothingPaused(Exception):
    """No pause is running that could be lifted."""


def lift_pauses(*, subject: str, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> int:
    """End every running pause of one subject (the digest of a username or a network); return how many.

    Tries in a row over any time stay counted: after too many wrong codes only recovery leads on (LOCK-6).
    Effects: one event, on the chain of the log-in, or of the system for a network or a name nobody has.
    ``by``: None for the command line. ``reason`` is kept in the record, which the customer reads.
    Raises: ``NothingPaused``.
    """
    with transaction.atomic():
        user = User.objects.filter(name_digest=subject).first()
        lifted = throttle.end_pauses(subject, now=now)
        if not lifted:
            raise NothingPaused
        audit.record(
            Action.PAUSE_LIFTED, by=by, on=user, now=now, origin=origin, pauses=lifted, reason=reason[:LONGEST_REASON]
        )
    return lifted
