"""Queue events for the firm's systems, in the transaction of the action they tell of. Sending: ``sending``."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from portal.outbox.hooks import event_types, receivers
from portal.outbox.hooks.event_types import EventType
from portal.outbox.models import HookDelivery, HookEvent

# The rows stay locked until the transaction ends, so that the numbers of a username are given in the order of commits.
_NEXT = """
    INSERT INTO outbox_hooksequence AS own (user_id, n) VALUES {rows}
    ON CONFLICT (user_id) DO UPDATE SET n = own.n + 1
    RETURNING user_id, n
"""


@dataclass(frozen=True)
class About:
    """What is told about one username: the fields that all events have, but for the sequence, and those of the type."""

    user_id: int
    common: dict[str, Any]
    facts: dict[str, Any]


def is_on() -> bool:
    """Tell whether any system is told of events."""
    return bool(receivers.every())


def queue_each(told: Sequence[About], kind: EventType, *, now: datetime) -> list[HookEvent]:
    """Queue an event of this type about each username, for every receiver; none where there is no receiver.

    Effects: three statements, however many usernames. Each of them at most once.
    Needs: the transaction of the action, in which the usernames' rows of ``HookSequence`` stay locked.
    Raises: ``NotDeclared``.
    """
    for about in told:
        event_types.check_declared(kind, about.facts)
    to = receivers.every()
    if not to or not told:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs into the transaction of its action")
    numbers = _next([about.user_id for about in told])
    made = []
    for about in told:
        event = HookEvent(user_id=about.user_id, sequence=numbers[about.user_id])
        data = {"subject": about.common["subject"], "sequence": event.sequence, **about.common, **about.facts}
        made.append(_written(event, kind, data, now=now))
    return _keep(made, to, due_at=now)


def queue_test(receiver: receivers.Receiver, *, now: datetime) -> HookEvent:
    """Queue a test for one receiver, which ``sending.send_test`` sends before any worker does."""
    with transaction.atomic():
        return _keep(
            [_written(HookEvent(), event_types.TEST, {}, now=now)], [receiver], due_at=now + timedelta(days=1)
        )[0]


def message(message_id: str, name: str, data: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return what the firm's systems read: an event, or an answer to them. ``name``: its type."""
    return {"id": message_id, "type": name, "timestamp": moment(now), "data": data}


def as_text(message: dict[str, Any]) -> str:
    """Return a message as it is signed and sent, the same each time."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """Return a moment as events have it: 2026-03-02T12:00:00.000Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _next(user_ids: list[int]) -> dict[int, int]:
    values = [value for user_id in sorted(user_ids) for value in (user_id, 1)]
    with connection.cursor() as cursor:
        cursor.execute(_NEXT.format(rows=", ".join(["(%s, %s)"] * len(user_ids))), values)
        return dict(cursor.fetchall())


def _written(event: HookEvent, kind: EventType, data: dict[str, Any], *, now: datetime) -> HookEvent:
    event.type, event.created_at = kind.name, now
    event.body = message(event.message_id, kind.name, data, now=now)
    return event


def _keep(made: list[HookEvent], to: list[receivers.Receiver], *, due_at: datetime) -> list[HookEvent]:
    HookEvent.objects.bulk_create(made)
    HookDelivery.objects.bulk_create(
        HookDelivery(event=event, receiver=one.name, user_id=event.user_id, sequence=event.sequence, due_at=due_at)
        for event in made
        for one in to
    )
    return made
