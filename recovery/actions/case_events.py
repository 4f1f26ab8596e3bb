"""The record of each case: appending to its chain, and checking it. Format: docs/reference/case-states.md."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from accounts.models import SecurityEvent, User
from portal.lib import client, digests
from recovery.enums import Actor
from recovery.models import Case, Event

GENESIS = "0" * 64


@dataclass(frozen=True)
class Who:
    """Who did something: as what, which person if known, and from where."""

    kind: Actor
    user: User | None = None
    origin: client.Origin | None = None


def append(case: Case, action: str, *, who: Who, now: datetime, to: str, body: dict[str, Any]) -> Event:
    """Write the next event of a locked case; the caller moves the case to it in the same transaction."""
    origin = who.origin
    event = Event(
        case=case,
        n=case.event_n + 1,
        at=now,
        actor_kind=who.kind,
        actor=who.user,
        action=action,
        from_state=case.state,
        to_state=to,
        source=digests.keyed("network", client.network(origin.address)) if origin else "",
        request_id=origin.request_id if origin else "",
        body=body,
        prev=case.head,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    return event


def digest_of(event: Event) -> str:
    """Return the keyed digest of an event over its canonical JSON and the digest before it."""
    body = {
        "case": event.case_id,
        "n": event.n,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_kind": event.actor_kind,
        "actor": event.actor_id,
        "action": event.action,
        "from": event.from_state,
        "to": event.to_state,
        "source": event.source,
        "request": event.request_id,
        "body": event.body,
        "prev": event.prev,
    }
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(settings.PORTAL_AUDIT_KEY.encode(), canonical.encode(), hashlib.sha256).hexdigest()


def faults() -> Iterator[str]:
    """Recompute every chain and yield a sentence for each edit, gap, insertion or cut.

    The heads stand in the cases; those of real cases stand in their owners' audit chains as well, so that
    a case that vanished with all its events is found too.
    """
    for case in Case.objects.order_by("pk").iterator(chunk_size=500):
        yield from faults_of(case)
    told = SecurityEvent.objects.filter(facts__has_keys=["case", "digest"]).order_by("pk").values_list("facts", "chain")
    known = dict(Event.objects.values_list("digest", "case__number"))
    for facts, chain in told.iterator(chunk_size=1000):
        if known.get(facts["digest"]) != facts["case"]:
            yield f"{facts['case']}: event {facts['n']}, which {chain} speaks of, is not in the record"


def faults_of(case: Case) -> Iterator[str]:
    """Recompute the chain of one case."""
    n, prev = 0, GENESIS
    for event in case.events.order_by("n"):
        if event.n != n + 1:
            yield f"{case.number}: event {n + 1} is missing"
        if event.prev != prev:
            yield f"{case.number}: event {event.n} does not follow the one before it"
        if not digests.same(event.digest, digest_of(event)):
            yield f"{case.number}: event {event.n} was altered"
        n, prev = event.n, event.digest
    if (n, prev) != (case.event_n, case.head):
        yield f"{case.number}: the record ends at {n}, the case says {case.event_n}"
