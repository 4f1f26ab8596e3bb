"""Taking the record out of the house: its events as lines, and anchors that tell a later loss.

A chain by itself shows every change inside it; only somebody who knew of it notices that it is gone as a
whole, or cut together with its head. An anchor is that knowledge. Format: docs/reference/audit-export.md.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from accounts.actions import audit
from accounts.models import ChainHead, SecurityEvent
from portal.lib import digests

FORMAT = 1


class AnchorRefused(Exception):
    """The text is no anchor, or was altered."""


@dataclass(frozen=True)
class Anchor:
    """How far each chain had come at a moment: number and digest of its last event, by chain."""

    at: str  # ISO 8601, UTC
    heads: dict[str, tuple[int, str]]


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the record as it was at one moment, however many people sign in meanwhile.

    On SQLite by a transaction that only reads: one of Django's would keep everybody from writing.
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
    """Yield each event as a line of canonical JSON, chain by chain, with its digest."""
    for event in SecurityEvent.objects.order_by("chain", "n").iterator(chunk_size=1000):
        yield audit.canonical(audit.body_of(event) | {"digest": event.digest})


def anchor(*, now: datetime) -> str:
    """Return the text of an anchor over all chains as they are, keyed like the events."""
    heads = {head.chain: [head.n, head.digest] for head in ChainHead.objects.iterator(chunk_size=1000)}
    body = {"format": FORMAT, "at": now.astimezone(UTC).isoformat(timespec="seconds"), "heads": heads}
    return audit.canonical(body | {"digest": audit.keyed(body)})


def read_anchor(text: str) -> Anchor:
    """Return an anchor from its text. Raises: ``AnchorRefused``."""
    try:
        body = json.loads(text)
        digest = body.pop("digest")
        if not digests.same(digest, audit.keyed(body)) or body["format"] != FORMAT:
            raise AnchorRefused("it was altered, or made under another key")
        return Anchor(body["at"], {chain: (n, last) for chain, (n, last) in body["heads"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnchorRefused("it is not an anchor") from error


def losses(known: Anchor) -> Iterator[str]:
    """Yield a sentence for each chain that does not hold the event it ended with when the anchor was made."""
    for chain, (n, digest) in sorted(known.heads.items()):
        kept = SecurityEvent.objects.filter(chain=chain, n=n).values_list("digest", flat=True).first()
        if kept is None:
            yield f"{chain}: event {n} was there on {known.at} and is missing"
        elif not digests.same(kept, digest):
            yield f"{chain}: event {n} is not the one that was there on {known.at}"
