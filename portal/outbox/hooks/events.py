"""Queue events for the firm's systems, in the transaction of the action they tell of. Sending: ``sending``."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from portal.outbox.hooks import event_types, receivers
from portal.outbox.hooks.event_types import EventType
from portal.outbox.models import HookDelivery, HookEvent

# The row stays locked until the transaction ends, so that the numbers of a username are given in the order of commits.
_NEXT = """
    INSERT INTO outbox_hooksequence AS own (user_id, n) VALUES (%s, 1)
    ON CONFLICT (user_id) DO UPDATE SET n = own.n + 1
    RETURNING n
"""


def is_on() -> bool:
    """Tell whether any system is told of events."""
    return bool(receivers.every())


def queue(
    user_id: int, kind: EventType, *, common: dict[str, Any], facts: dict[str, Any], now: datetime
) -> HookEvent | None:
    """Queue an event about a username for every receiver; None where there is no receiver.

    ``common``: the fields that all events have, but for ``sequence``; ``facts``: exactly those of its type.
    Needs: the transaction of the action, in which the username's row of ``HookSequence`` stays locked.
    Raises: ``NotDeclared``.
    """
    event_types.check_declared(kind, facts)
    told = receivers.every()
    if not told:
        return None
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs into the transaction of its action")
    data = {"subject": common["subject"], "sequence": _next(user_id), **common, **facts}
    return _write(HookEvent(user_id=user_id, sequence=data["sequence"]), kind, data, told=told, now=now)


def queue_test(receiver: receivers.Receiver, *, now: datetime) -> HookEvent:
    """Queue a test for one receiver, which ``sending.send_test`` sends before any worker does."""
    with transaction.atomic():
        event = _write(HookEvent(), event_types.TEST, {}, told=[receiver], now=now)
        event.deliveries.update(due_at=now + timedelta(days=1))
    return event


def message(message_id: str, name: str, data: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return what the firm's systems read: an event, or an answer to them. ``name``: its type."""
    return {"id": message_id, "type": name, "timestamp": moment(now), "data": data}


def as_text(message: dict[str, Any]) -> str:
    """Return a message as it is signed and sent, the same each time."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """Return a moment as events have it: 2026-03-02T12:00:00.000Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _next(user_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [user_id])
        return int(cursor.fetchone()[0])


def _write(
    event: HookEvent, kind: EventType, data: dict[str, Any], *, told: Iterable[receivers.Receiver], now: datetime
) -> HookEvent:
    event.type, event.created_at = kind.name, now
    event.body = message(event.message_id, kind.name, data, now=now)
    event.save(force_insert=True)
    own = {"event": event, "user_id": event.user_id, "sequence": event.sequence, "due_at": now}
    HookDelivery.objects.bulk_create(HookDelivery(receiver=receiver.name, **own) for receiver in told)
    return event
