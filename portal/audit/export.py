"""Export of the audit record: its events as lines, and checkpoints that reveal a later loss.

A chain by itself shows every change inside it, but not that it was deleted as a whole, or cut together
with its head. A checkpoint shows that, too. Format: docs/reference/audit-export.md.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from portal.audit import hash_chain
from portal.audit.models import ChainStart
from portal.lib import digests

FORMAT = 1


class CheckpointRefused(Exception):
    """The text is not a checkpoint, or was altered."""


@dataclass(frozen=True)
class Checkpoint:
    """The end of each chain at one moment: number and digest of its last event, by chain."""

    at: str  # ISO 8601, UTC
    heads: dict[str, tuple[int, str]]


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the record as of one moment, however many users sign in meanwhile.

    On SQLite in a read-only transaction: one of Django's would block all writers.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def lines() -> Iterator[str]:
    """Yield the start of each chain that was shortened, then each event, as lines of canonical JSON with a digest.

    Raises: ``ValueError`` at an unreadable row, which ``hash_chain.faults`` also reports.
    """
    for start in _readable(ChainStart.objects.order_by("chain")):
        yield hash_chain.canonical(start.signed)
    for chains in hash_chain.registered():
        for event in _readable(chains.events._default_manager.order_by("chain", "n")):
            yield hash_chain.canonical(hash_chain.body_of(event) | {"digest": event.digest})


def checkpoint(*, now: datetime) -> str:
    """Return the text of a checkpoint over all chains, keyed like the events. Raises: as ``lines``."""
    heads = {}
    for chains in hash_chain.registered():
        for row in _readable(chains.heads()):
            head = chains.head_of(row)
            heads[head.chain] = [head.n, head.digest]
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    return hash_chain.canonical(hash_chain.sign({"format": FORMAT, "at": at, "heads": heads}))


def _readable(wanted: Any) -> Iterator[Any]:
    for row in hash_chain.rows(wanted):
        if isinstance(row, str):
            raise ValueError(row)  # noqa: TRY004  the sentence is the value's, not of a type of ours
        yield row


def read_checkpoint(text: str) -> Checkpoint:
    """Return a checkpoint from its text. Raises: ``CheckpointRefused``."""
    try:
        body = json.loads(text)
        if not hash_chain.is_signed(body) or body["format"] != FORMAT:
            raise CheckpointRefused("it was altered, or made under another key")
        return Checkpoint(body["at"], {chain: (n, last) for chain, (n, last) in body["heads"].items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointRefused("it is not a checkpoint") from error


def losses(known: Checkpoint) -> Iterator[str]:
    """Yield a sentence for each chain that lacks the event with which it ended at the checkpoint."""
    starts = hash_chain.starts()
    for chain, (n, digest) in sorted(known.heads.items()):
        start = starts.get(chain)
        if start and start.n > n:
            continue
        kept = start.digest if start and start.n == n else _digest_at(chain, n)
        if kept is None:
            yield f"{chain}: event {n} was there on {known.at} and is missing"
        elif not digests.same(kept, digest):
            yield f"{chain}: event {n} is not the one that was there on {known.at}"


def _digest_at(chain: str, n: int) -> str | None:
    for chains in hash_chain.registered():
        for event in hash_chain.rows(chains.events._default_manager.filter(chain=chain, n=n)):
            return event if isinstance(event, str) else event.digest
    return None
