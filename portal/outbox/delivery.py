"""Deliver notices: claim a due one for a limited time, send it, mark it sent (at least once, see below).

If a worker is killed between claiming and marking, its lease runs out and another takes over: nothing is lost.
If it is killed between the other side's acceptance and our mark, the same message is sent again, with the same
Message-ID, which mail stores recognise, or the same topic, of which phones show one. How a notice is sent
is up to its channel (portal/outbox/channels.py). See docs/decisions/0023-the-outbox-knows-no-people.md.
"""

import logging
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from portal.lib import clock, logs
from portal.outbox import leases
from portal.outbox.channels import CHANNELS, Channel, NobodyThere, Undeliverable
from portal.outbox.kinds import KINDS
from portal.outbox.models import Notice, NoticeState

log = logging.getLogger("portal.outbox")

MAX_ATTEMPTS = 84  # the last attempt is more than three days after the first
_MAX_RETRY_SECONDS = 3600
_CANDIDATES = 20


@dataclass(frozen=True)
class Lane:
    """Notices that wait for each other and for no others: those of one channel, the urgent ones apart."""

    channel: str
    is_urgent: bool

    def __str__(self) -> str:
        return f"{'urgent ' if self.is_urgent else ''}{self.channel}"

    @property
    def notices(self) -> Q:
        """Return the condition for the notices of this lane; a kind that is not known here is not urgent."""
        urgent = Q(kind__in=[kind.name for kind in KINDS.values() if kind.is_urgent])
        return Q(channel=self.channel) & (urgent if self.is_urgent else ~urgent)


def lanes() -> list[Lane]:
    """Return a lane for the urgent and one for the other notices of each channel."""
    return [Lane(channel, is_urgent) for channel in CHANNELS for is_urgent in (True, False)]


def deliver_due(*, lane: Lane | None = None, limit: int = 100) -> int:
    """Send up to ``limit`` due notices, of one lane or of all, over one connection to the mail server.

    Returns how many were attempted.
    """
    tried = 0
    with ExitStack() as open_ones:
        channels = {name: open_ones.enter_context(closing(make())) for name, make in CHANNELS.items()}
        while tried < limit and (notice := claim(now=clock.now(), lane=lane)):
            _deliver(notice, channels[notice.channel])
            tried += 1
    return tried


def requeue(*, now: datetime) -> int:
    """Queue undelivered notices again as if they had never been tried; return how many.

    Skips those whose facts were purged and those that are no longer useful (an expired code).
    """
    useful = Q(useful_until=None) | Q(useful_until__gt=now)
    dead = Notice.objects.filter(useful, state=NoticeState.DEAD).exclude(facts="")
    return dead.update(state=NoticeState.DUE, attempts=0, due_at=now)


def claim(*, now: datetime, lane: Lane | None = None) -> Notice | None:
    """Claim the oldest due notice that no other worker holds, or None, by one guarded UPDATE.

    A notice of a channel that is not registered here is left to a worker that knows it.
    """
    free = leases.free(now)
    due = Notice.objects.filter(free, state=NoticeState.DUE, due_at__lte=now, channel__in=CHANNELS)
    due = due.filter(lane.notices) if lane else due
    for pk, attempts in due.order_by("due_at").values_list("pk", "attempts")[:_CANDIDATES]:
        mine = Notice.objects.filter(free, pk=pk, state=NoticeState.DUE, attempts=attempts)
        if mine.update(lease_until=leases.end(now), attempts=F("attempts") + 1):
            return Notice.objects.select_related("user").get(pk=pk)
    return None


def _deliver(notice: Notice, channel: Channel) -> None:
    if notice.attempts > MAX_ATTEMPTS or (notice.useful_until and notice.useful_until <= clock.now()):
        _give_up(notice, {"fault": "too late"})
        return
    try:
        channel.send(notice)
    except Undeliverable as fault:
        _give_up(notice, logs.fault(fault.__cause__ or fault))
    except NobodyThere:
        _finish(notice, state=NoticeState.DEAD, facts="")
        log.info("nobody there", extra={"facts": {"reference": notice.reference, "kind": notice.kind}})
    except Exception as fault:  # noqa: BLE001  whatever is wrong with one notice, the others must go out
        channel.close()  # a broken connection is not used again
        _try_again(notice, logs.fault(fault))
    else:
        kept = {} if _may_keep(notice) else {"facts": ""}
        _finish(notice, state=NoticeState.SENT, sent_at=clock.now(), **kept)
        log.info("sent", extra={"facts": {"reference": notice.reference, "kind": notice.kind}})


def _may_keep(notice: Notice) -> bool:
    """Tell whether the facts of a notice that was sent may stay: not if any of them opens something."""
    kind = KINDS.get(notice.kind)
    return kind is not None and kind.is_readable_again


def _try_again(notice: Notice, fault: dict[str, str]) -> None:
    if notice.attempts >= MAX_ATTEMPTS:
        _give_up(notice, fault)
        return
    due_at = clock.now() + leases.retry_wait(notice.attempts, longest=_MAX_RETRY_SECONDS)
    _finish(notice, due_at=due_at)
    log.warning("not sent", extra={"facts": {"reference": notice.reference} | fault})


def _give_up(notice: Notice, fault: dict[str, str]) -> None:
    """Close the notice; its facts stay until they are purged, so that ``requeue`` can still send it."""
    _finish(notice, state=NoticeState.DEAD)
    log.error("not delivered", extra={"facts": {"reference": notice.reference} | fault})


def _finish(notice: Notice, **columns: Any) -> None:
    """Write the outcome of an attempt, unless a later one has taken over."""
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts)
    mine.update(lease_until=None, **columns)
