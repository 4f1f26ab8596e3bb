"""Explain a rejected code by a wrong clock (KEY-10). Nothing here accepts a code."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from accounts.actions.sign_in.check_password import Pending
from accounts.models import Key
from accounts.policies.keys import totp
from accounts.refusals import ClockWrong, CodeWrong

_QUIET = timedelta(minutes=10)  # between two explanations to the same user


def explained(wrong: CodeWrong, *, pending: Pending, code: str, tries_left: int, now: datetime) -> CodeWrong:
    """Return the refusal that says by how much a phone's clock is wrong, if this code shows it, else ``wrong``.

    Looks for the code at nearby time steps of this user's active Keys that are still unused. The failed attempt stays
    counted. Off by ``PORTAL_KEY_DRIFT_HINT``. Effects: the Keys record that it was explained; not again for ten
    minutes. The code is not accepted later either: otherwise a guesser would have learnt when it is right.
    Needs: no open transaction; the one that rejected the code was rolled back.
    """
    if not settings.PORTAL_KEY_DRIFT_HINT:
        return wrong
    keys = list(Key.objects.filter(user_id=pending.user_id, confirmed=True))
    found = {key.pk: away for key in keys if (away := key.steps_away(code, at=now.timestamp())) is not None}
    if not found or not _may_tell(keys, now=now):
        return wrong
    shown, away = min(found.items(), key=lambda item: abs(item[1]))
    step = totp.step_at(now.timestamp()) + away
    Key.objects.filter(pk=shown).update(drift_step=step)
    return ClockWrong(
        tries_left=tries_left,
        code_time=datetime.fromtimestamp(step * totp.PERIOD, UTC),
        drift_seconds=away * totp.PERIOD,
    )


def _may_tell(keys: list[Key], *, now: datetime) -> bool:
    """Record on all of a user's Keys that the clock is explained now; tell whether that is due."""
    quiet = Q(drift_told_at__isnull=True) | Q(drift_told_at__lte=now - _QUIET)
    noted = Key.objects.filter(quiet, pk__in=[key.pk for key in keys]).update(drift_told_at=now)
    return noted == len(keys)
