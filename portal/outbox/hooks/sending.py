"""Send events: claim a due one for a limited time, post it signed, mark it accepted (at least once, with the same id).

The events of a username go to a receiver one after the other: the next one is not claimed before the one before was
accepted, or skipped by an operator. Each receiver has rows and a lane of its own, so that one that is away holds up
nobody else. See docs/decisions/0040-what-the-firm-hears.md.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from portal.lib import clock, logs, outgoing
from portal.outbox import leases
from portal.outbox.hooks import events, receivers, signatures
from portal.outbox.hooks.receivers import Receiver
from portal.outbox.models import HookDelivery, HookEvent, HookState

log = logging.getLogger("portal.hooks")

MAX_ATTEMPTS = 1_400  # the last attempt is more than fourteen days after the first
_MAX_RETRY_SECONDS = 900
_FAULTS_A_ROUND = 5  # then the lane rests for a moment: a receiver that is away is not flooded
_CANDIDATES = 20
OPEN = (HookState.DUE, HookState.DEAD)  # what the next event of the username waits for

network: outgoing.Network = receivers.HookNetwork()


class NotTaken(Exception):
    """The receiver answered, and did not accept the event."""


def deliver_due(*, receiver: str, limit: int = 100) -> int:
    """Send up to ``limit`` due events to one receiver; return how many it accepted."""
    accepted, faults = 0, 0
    known = receivers.by_name(receiver)
    while known and accepted < limit and faults < _FAULTS_A_ROUND:
        delivery = claim(receiver=receiver, now=clock.now())
        if delivery is None:
            break
        if attempt(delivery, known):
            accepted += 1
        else:
            faults += 1
    return accepted


def claim(*, receiver: str, now: datetime) -> HookDelivery | None:
    """Claim the oldest due event of this receiver that nothing holds up and no worker holds, by one guarded UPDATE."""
    for pk, claims in candidates(receiver=receiver, now=now):
        if found := _claim_one(pk, claims, now=now):
            return found
    return None


def candidates(*, receiver: str, now: datetime) -> QuerySet[HookDelivery, tuple[int, int]]:
    """Return the oldest due events that nothing holds up, as primary key and claims.

    A value instead of ``Exists``: PostgreSQL makes an anti-join of that, and where its statistics know of no outage,
    it then compares all that wait with all that wait.
    """
    first_open = _before().order_by("sequence").values("sequence")[:1]
    due = HookDelivery.objects.filter(leases.free(now), receiver=receiver, state=HookState.DUE, due_at__lte=now)
    unblocked = due.annotate(waits_for=Subquery(first_open)).filter(waits_for=None)
    return unblocked.order_by("due_at", "pk").values_list("pk", "claims")[:_CANDIDATES]


def send_test(event: HookEvent, receiver: Receiver) -> HookDelivery:
    """Send a test at once, and never again if it was not accepted; return its row."""
    mine = HookDelivery.objects.filter(event=event, receiver=receiver.name)
    row = mine.get()
    if delivery := _claim_one(row.pk, row.claims, now=clock.now()):
        attempt(delivery, receiver)
    mine.filter(state=HookState.DUE).update(state=HookState.SKIPPED)
    return mine.get()


def attempt(delivery: HookDelivery, receiver: Receiver) -> bool:
    """Send a claimed event once; return whether it was accepted."""
    if delivery.attempts > MAX_ATTEMPTS:  # a worker died at each
        _finish(delivery, state=HookState.DEAD)
        return False
    try:
        _post(delivery.event, receiver)
    except NotTaken as fault:
        _try_again(delivery, {"fault": str(fault)})
    except Exception as fault:  # noqa: BLE001  whatever is wrong with one event, the others must go out
        _try_again(delivery, logs.fault(fault))
    else:
        _finish(delivery, state=HookState.SENT, sent_at=clock.now(), fault="")
        log.info("accepted", extra={"facts": _facts(delivery)})
        return True
    return False


def _post(event: HookEvent, receiver: Receiver) -> None:
    """Sign and post an event; any status but success is a failure, including redirects."""
    body = events.as_text(event.body)
    signed = signatures.headers(event.message_id, body, now=clock.now())
    status = network.post(
        receiver.endpoint(),
        body.encode(),
        signed | {"Content-Type": "application/json", "User-Agent": "Gatehouse-Hooks/1"},
        seconds=settings.PORTAL_HOOK_TIMEOUT_SECONDS,
    )
    if not 200 <= status < 300:
        raise NotTaken(f"status {status}")


def _before() -> QuerySet[HookDelivery]:
    """Return the earlier events of the same username that this receiver has not accepted yet."""
    same = HookDelivery.objects.filter(user=OuterRef("user"), receiver=OuterRef("receiver"), state__in=OPEN)
    return same.filter(sequence__lt=OuterRef("sequence"))


def _claim_one(pk: int, claims: int, *, now: datetime) -> HookDelivery | None:
    mine = HookDelivery.objects.filter(leases.free(now), ~Exists(_before()), pk=pk, state=HookState.DUE, claims=claims)
    if not mine.update(lease_until=leases.end(now), claims=F("claims") + 1, attempts=F("attempts") + 1):
        return None
    return HookDelivery.objects.select_related("event").get(pk=pk)


def _try_again(delivery: HookDelivery, fault: dict[str, str]) -> None:
    told = {"fault": fault["fault"][:40]}
    if delivery.attempts >= MAX_ATTEMPTS:
        _finish(delivery, state=HookState.DEAD, **told)
        log.error("given up", extra={"facts": _facts(delivery) | fault})
        return
    wait = leases.retry_wait(delivery.attempts, longest=_MAX_RETRY_SECONDS)
    _finish(delivery, due_at=clock.now() + wait, **told)
    log.warning("not accepted", extra={"facts": _facts(delivery) | fault})


def _finish(delivery: HookDelivery, **columns: Any) -> None:
    """Write the outcome of an attempt, unless a later one has taken over."""
    mine = HookDelivery.objects.filter(pk=delivery.pk, claims=delivery.claims)
    mine.update(lease_until=None, **columns)


def _facts(delivery: HookDelivery) -> dict[str, str]:
    return {"event": delivery.event.message_id, "type": delivery.event.type, "receiver": delivery.receiver}
