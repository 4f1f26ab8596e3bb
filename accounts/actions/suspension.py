"""Suspend a user to protect the account, and reinstate them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import notice_kinds
from accounts.actions import sessions, staff_work
from accounts.enums import Action
from accounts.models import User
from portal.audit import sealed_words
from portal.audit.record import record
from portal.lib import client
from portal.outbox import queue


class SuspensionUnchanged(Exception):
    """The user is already suspended, or already reinstated."""


@transaction.atomic
def suspend(
    user: User, *, reason: str, by: User | None, origin: client.Origin | None, now: datetime, **facts: Any
) -> User:
    """Suspend a user: no sign-in until ``reinstate``.

    Effects: everything open ends, work in hand goes back, one event, one notice. ``by``: None for the system and the
    command line. ``reason`` is kept in the record, which the customer reads. Raises: ``SuspensionUnchanged``.
    """
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if locked.suspended_at:
        raise SuspensionUnchanged
    sessions.end_everything(locked)
    _set(locked, now)
    if locked.is_staff:
        staff_work.give_back_all(locked, now=now)
    record(Action.SUSPENDED, by=by, on=locked, now=now, origin=origin, reason=sealed_words.reason(reason), **facts)
    queue.email(locked, notice_kinds.SUSPENDED, now=now, at=now.isoformat())
    return locked


@transaction.atomic
def reinstate(user: User, *, reason: str, by: User | None, origin: client.Origin | None, now: datetime) -> User:
    """Let a suspended user sign in again. Effects: one event, one notice. Raises: ``SuspensionUnchanged``."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if locked.suspended_at is None:
        raise SuspensionUnchanged
    _set(locked, None)
    record(Action.REINSTATED, by=by, on=locked, now=now, origin=origin, reason=sealed_words.reason(reason))
    queue.email(locked, notice_kinds.REINSTATED, now=now, at=now.isoformat())
    return locked


def _set(user: User, since: datetime | None) -> None:
    user.suspended_at = since
    user.save(update_fields=["suspended_at"])
