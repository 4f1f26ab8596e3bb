"""What is on hold after a recovery, or while one is disputed: placed, ended in time, and told to the firm (FIRM-4).

The portal refuses the scopes of ``HoldScope`` itself; the others are for the firm's systems.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions import hook_events
from accounts.enums import HoldScope
from accounts.models import User
from portal.outbox import periodic_tasks
from portal.outbox.hooks.events import moment
from recovery import hook_types
from recovery.actions import transitions
from recovery.enums import Scope, State
from recovery.models import Case, Hold

_BATCH = 100
_AFTER_RECOVERY = (State.HOLD, State.DONE)


def place(case: Case, *, now: datetime) -> None:
    """Hold every scope for the holder of a locked case; an existing hold is only ever extended.

    Effects: rows; one event for the firm's systems, if anything is on hold that was not, or for longer.
    """
    until = now + case.terms.hold(max(case.tier, 1))
    placed = []
    for scope in Scope:
        held, is_new = Hold.objects.get_or_create(
            case=case, scope=scope, defaults={"subject": case.holder, "starts_at": now, "until": until}
        )
        if not is_new and until > held.until:
            Hold.objects.filter(pk=held.pk).update(until=until, lifted_at=None)
        if is_new or until > held.until:
            placed.append(str(scope))
    if placed:
        facts: dict[str, Any] = {"placed": placed, "holds": _told(case.holder, now=now)}
        hook_events.tell(case.holder, hook_types.HOLDS_PLACED, by=None, now=now, because=because(case), **facts)


def because(case: Case) -> str:
    """Return why something is on hold, as the firm's systems read it."""
    is_recovered = case.state in _AFTER_RECOVERY or case.state == State.ENROLLING  # the last step is under way
    return "recovery" if is_recovered else "objection"


def end(case: Case, *, now: datetime) -> int:
    """End the holds of a locked case whose time is over; return how many.

    Effects: rows; one event for the firm's systems, about what nothing else holds.
    """
    over = Hold.objects.filter(case=case, lifted_at=None, until__lte=now)
    scopes = set(over.values_list("scope", flat=True))
    count = over.update(lifted_at=now)
    if count:
        left = _told(case.holder, now=now)
        ended = sorted(scopes - {hold["scope"] for hold in left})
        if ended:
            hook_events.tell(case.holder, hook_types.HOLDS_ENDED, by=None, now=now, ended=ended, holds=left)
    return count


def end_due(now: datetime) -> int:
    """End holds whose time is over and whose case ends them not, such as a disputed one; return how many."""
    over = Hold.objects.filter(lifted_at=None, until__lte=now).order_by("case").values_list("case", flat=True)
    return periodic_tasks.each("holds", over.distinct()[:_BATCH], partial(_end_one, now=now))


def _end_one(case_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        return end(transitions.lock(case_id), now=now)


def held_until(user_ids: Collection[int], scope: HoldScope, now: datetime) -> dict[int, datetime]:
    """Return until when a recovery holds this for which of these users. One statement."""
    held = live(user_ids, now=now).filter(scope=scope).order_by("until")
    return dict(held.values_list("subject", "until"))


def live(user_ids: Collection[int], *, now: datetime) -> QuerySet[Hold]:
    """Return what is on hold for these users."""
    return Hold.objects.filter(subject__in=user_ids, lifted_at=None, until__gt=now)


def _told(user: User, *, now: datetime) -> list[dict[str, str]]:
    """Return what is on hold for a user, each scope once, with the latest end."""
    ends = dict(live([user.pk], now=now).order_by("until").values_list("scope", "until"))
    return [{"scope": scope, "until": moment(ends[scope])} for scope in sorted(ends)]
