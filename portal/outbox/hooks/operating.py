"""What operators do with events: look how they stand, send them again, skip what a receiver will never accept."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.outbox import leases
from portal.outbox.hooks import receivers, sending
from portal.outbox.models import HookDelivery, HookEvent, HookState

LATE_AFTER = timedelta(hours=1)
_BATCH = 500


@dataclass(frozen=True)
class ReceiverStatus:
    """How one receiver stands. ``is_known``: it is in the settings; ``oldest``: when what waits longest was queued."""

    receiver: str
    is_known: bool
    waiting: int
    given_up: int
    oldest: datetime | None
    last_accepted: datetime | None
    fault: str

    def is_late(self, now: datetime) -> bool:
        """Tell whether something has waited for so long that somebody should look."""
        return self.oldest is not None and self.oldest < now - LATE_AFTER


def statuses() -> Iterator[ReceiverStatus]:
    """Yield each receiver in the settings, and each that is not there any more and for which events wait."""
    known = [receiver.name for receiver in receivers.every()]
    open_ones = HookDelivery.objects.filter(state__in=sending.OPEN)
    gone = set(open_ones.order_by().values_list("receiver", flat=True).distinct()) - set(known)
    for name in (*known, *sorted(gone)):
        mine = open_ones.filter(receiver=name)
        oldest = mine.select_related("event").order_by("event__created_at").first()
        last = HookDelivery.objects.filter(receiver=name, state=HookState.SENT).order_by("-sent_at").first()
        yield ReceiverStatus(
            name,
            name in known,
            waiting=mine.filter(state=HookState.DUE).count(),
            given_up=mine.filter(state=HookState.DEAD).count(),
            oldest=oldest.event.created_at if oldest else None,
            last_accepted=last.sent_at if last else None,
            fault=oldest.fault if oldest else "",
        )


def stuck() -> QuerySet[HookDelivery]:
    """Return what was given up, and what has failed and is tried again, oldest first."""
    failing = Q(state=HookState.DEAD) | (Q(state=HookState.DUE) & ~Q(fault=""))
    return HookDelivery.objects.filter(failing).select_related("event").order_by("event__created_at", "pk")


def settled(before: datetime) -> QuerySet[HookEvent]:
    """Return the older events for which no receiver in the settings waits any more."""
    known = [receiver.name for receiver in receivers.every()]
    waiting = HookDelivery.objects.filter(event=OuterRef("pk"), receiver__in=known, state__in=sending.OPEN)
    return HookEvent.objects.filter(~Exists(waiting), created_at__lt=before)


def events_since(since: datetime) -> QuerySet[HookEvent]:
    """Return the events since a moment that are kept, in order; no tests."""
    return HookEvent.objects.filter(created_at__gte=since, user__isnull=False).exclude(body="").order_by("pk")


def event_of(message_id: str) -> HookEvent | None:
    """Return the event with an id as receivers have it, or None."""
    try:
        public_id = uuid.UUID(message_id.removeprefix("evt_"))
    except ValueError:
        return None
    return HookEvent.objects.filter(public_id=public_id).exclude(body="").first()


def replay(found: Iterable[HookEvent], *, to: Iterable[str], now: datetime) -> int:
    """Queue events again under the same ids, for each of these receivers, in order; return how many.

    Also for a receiver that has come since. What a worker holds at this moment is on its way and stays as it is.
    """
    names, count = list(to), 0
    rows = list(found)
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        with transaction.atomic():
            _add_missing(batch, names, now=now)
            free = HookDelivery.objects.filter(leases.free(now), receiver__in=names)
            mine = free.filter(event__in=batch)
            count += mine.update(state=HookState.DUE, attempts=0, due_at=now, lease_until=None, sent_at=None, fault="")
    return count


def skip(found: QuerySet[HookDelivery]) -> int:
    """Give up these events for good, so that what follows them goes out; return how many."""
    return found.filter(state__in=sending.OPEN).update(state=HookState.SKIPPED, lease_until=None)


def _add_missing(batch: list[HookEvent], names: list[str], *, now: datetime) -> None:
    HookDelivery.objects.bulk_create(
        (
            HookDelivery(event=event, receiver=name, user_id=event.user_id, sequence=event.sequence, due_at=now)
            for event in batch
            for name in names
        ),
        ignore_conflicts=True,
    )
