"""The account that a user works with, remembered from one sign-in to the next."""

from datetime import datetime

from accounts.models import Mandate, User


def choose(user: User, number: str, *, now: datetime) -> bool:
    """Remember this account as the one the user works with; return whether they may act on it at all.

    Effects: one row. Nothing depends on it but what the user's own pages open with.
    """
    return Mandate.objects.filter(user=user, account__number=number).update(chosen_at=now) > 0
