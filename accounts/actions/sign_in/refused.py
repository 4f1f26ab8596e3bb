"""Keep why a sign-in with a right password was refused, so that staff can say it on the phone (LOCK-3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from accounts.models import SignInRefusal
from accounts.refusals import ClockWrong, Refusal
from portal.lib import client

MOST_KEPT = 10  # of one user


@contextmanager
def kept(user_id: int, *, origin: client.Origin, now: datetime) -> Iterator[None]:
    """Keep the refusal that is raised inside, and let it go on.

    Only for what happens after a right password: nobody else may leave a trace by which a username can be told.
    Effects: one row; of the user's older ones, the newest stay.
    Needs: no open transaction; what refused was rolled back.
    """
    try:
        yield
    except Refusal as refusal:
        _keep(user_id, refusal, origin=origin, now=now)
        raise


@transaction.atomic
def _keep(user_id: int, refusal: Refusal, *, origin: client.Origin, now: datetime) -> None:
    SignInRefusal.objects.create(
        user_id=user_id,
        cause=refusal.code,
        drift_seconds=refusal.drift_seconds if isinstance(refusal, ClockWrong) else None,
        device=origin.device,
        address=origin.address,
        at=now,
    )
    mine = SignInRefusal.objects.filter(user=user_id).order_by("-at", "-pk")
    SignInRefusal.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST_KEPT:])).delete()
