"""Writing and checking the audit chain. Format: docs/reference/audit-export.md."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.enums import Action
from accounts.models import ChainHead, SecurityEvent, User
from portal.lib import client, digests

GENESIS = "0" * 64
_LOCK_HEADS = """
    INSERT INTO accounts_chainhead AS head (chain, n, digest) VALUES {rows}
    ON CONFLICT (chain) DO UPDATE SET n = head.n + 1
    RETURNING chain, n, digest
"""
_MOVE_HEADS = """
    INSERT INTO accounts_chainhead (chain, n, digest) VALUES {rows}
    ON CONFLICT (chain) DO UPDATE SET digest = excluded.digest
"""


def record(
    action: Action,
    *,
    by: User | None,
    on: User | None,
    now: datetime,
    origin: client.Origin | None = None,
    **facts: Any,
) -> SecurityEvent:
    """Append one event to the chain of its subject, or to the system's.

    Effects: one row; locks the chain's head until the transaction ends.
    Needs: the action's open transaction. Facts hold ids, codes and counts, never secrets or personal text.
    """
    return record_each(action, [(on, facts)], by=by, now=now, origin=origin)[0]


def record_each(
    action: Action,
    subjects: Sequence[tuple[User | None, dict[str, Any]]],
    *,
    by: User | None,
    now: datetime,
    origin: client.Origin | None = None,
) -> list[SecurityEvent]:
    """Append one event to the chain of each subject, with facts of its own, in three statements.

    Needs: as ``record``; each subject once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs into the transaction of its action")
    heads = _lock_heads([chain_of(on) for on, _facts in subjects])
    events = []
    for on, facts in subjects:
        n, prev = heads[chain_of(on)]
        event = SecurityEvent(
            chain=chain_of(on),
            n=n,
            at=now,
            action=action,
            actor_id=by.pk if by else None,
            subject_id=on.pk if on else None,
            source=digests.keyed("network", client.network(origin.address)) if origin else "",
            request_id=origin.request_id if origin else "",
            facts=facts,
            prev=prev,
        )
        event.digest = digest_of(event)
        events.append(event)
    SecurityEvent.objects.bulk_create(events)
    _move_heads(events)
    return events


def _lock_heads(chains: list[str]) -> dict[str, tuple[int, str]]:
    """Take the next place in each chain; one order for everybody, so that no two actions wait for each other."""
    values = [value for chain in sorted(chains) for value in (chain, GENESIS)]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_HEADS.format(rows=", ".join(["(%s, 1, %s)"] * len(chains))), values)
        return {chain: (n, digest) for chain, n, digest in cursor.fetchall()}


def _move_heads(events: list[SecurityEvent]) -> None:
    values = [value for event in events for value in (event.chain, event.n, event.digest)]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_HEADS.format(rows=", ".join(["(%s, %s, %s)"] * len(events))), values)


def chain_of(subject: User | None) -> str:
    """Return the name of the chain that events on this subject go to."""
    return f"user:{subject.pk}" if subject else "system"


def digest_of(event: SecurityEvent) -> str:
    """Return the keyed digest of an event over its canonical JSON and the digest before it."""
    return keyed(body_of(event))


def keyed(body: dict[str, Any]) -> str:
    """Return HMAC-SHA-256 under PORTAL_AUDIT_KEY of the canonical JSON, as 64 hex digits."""
    return hmac.new(settings.PORTAL_AUDIT_KEY.encode(), canonical(body).encode(), hashlib.sha256).hexdigest()


def canonical(body: dict[str, Any]) -> str:
    """Return the one JSON text of a value: names sorted, no blanks, ASCII."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def body_of(event: SecurityEvent) -> dict[str, Any]:
    """Return what the digest of an event covers."""
    return {
        "chain": event.chain,
        "n": event.n,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": event.action,
        "actor": event.actor_id,
        "subject": event.subject_id,
        "source": event.source,
        "request": event.request_id,
        "facts": event.facts,
        "prev": event.prev,
    }


def faults() -> Iterator[str]:
    """Recompute every chain and yield a sentence for each edit, gap, insertion, swap or cut.

    Needs: a snapshot (``anchors.snapshot``) where people write meanwhile.
    """
    heads = {head.chain: (head.n, head.digest) for head in ChainHead.objects.iterator(chunk_size=1000)}
    chain, n, prev = "", 0, GENESIS
    for event in SecurityEvent.objects.order_by("chain", "n").iterator(chunk_size=1000):
        if event.chain != chain:
            yield from _head_fault(chain, n, prev, heads.pop(chain, None))
            chain, n, prev = event.chain, 0, GENESIS
        if event.n != n + 1:
            yield f"{chain}: event {n + 1} is missing"
        if event.prev != prev:
            yield f"{chain}: event {event.n} does not follow the one before it"
        if not digests.same(event.digest, digest_of(event)):
            yield f"{chain}: event {event.n} was altered"
        n, prev = event.n, event.digest
    yield from _head_fault(chain, n, prev, heads.pop(chain, None))
    for lost, (count, _digest) in heads.items():
        yield f"{lost}: all {count} events are missing"


def _head_fault(chain: str, n: int, digest: str, head: tuple[int, str] | None) -> Iterator[str]:
    if not chain:
        return
    if head is None:
        yield f"{chain}: its head is missing"
    elif head != (n, digest):
        yield f"{chain}: the record ends at {n}, its head says {head[0]}"
