"""Writing the audit record: one event per action, in the action's transaction."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction

from portal.audit import event_names, hash_chain, sealed_words
from portal.audit.models import ChainHead, SecurityEvent
from portal.lib import client, digests

_LOCK_HEADS = """
    INSERT INTO audit_chainhead AS head (chain, n, digest) VALUES {rows}
    ON CONFLICT (chain) DO UPDATE SET n = head.n + 1
    RETURNING chain, n, digest
"""
_MOVE_HEADS = """
    INSERT INTO audit_chainhead (chain, n, digest) VALUES {rows}
    ON CONFLICT (chain) DO UPDATE SET digest = excluded.digest
"""


class Listener(Protocol):
    """What is called after each record, in its transaction, with the facts as they were given."""

    def __call__(
        self,
        action: str,
        subjects: Sequence[tuple[AbstractBaseUser | None, dict[str, Any]]],
        *,
        by: AbstractBaseUser | None,
        now: datetime,
    ) -> None:
        """Do what follows; an exception undoes the action."""


_LISTENERS: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call this after each record; apps do so once, in their ``ready()``."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def record(
    action: str,
    *,
    by: AbstractBaseUser | None,
    on: AbstractBaseUser | None,
    now: datetime,
    origin: client.Origin | None = None,
    flow: str = "",
    **facts: Any,
) -> SecurityEvent:
    """Append one event to the chain of its subject, or to the system's.

    ``flow``: the undertaking it belongs to, for example "enrolment:12"; by default the request, else the event alone.
    Effects: one row; locks the chain's head until the transaction ends.
    Needs: the action's open transaction. Facts hold ids, codes and counts, never secrets or personal text; what
    somebody typed is a fact of the type ``sealed_words.Words``.
    Raises: ``UnknownEvent``.
    """
    return record_each(action, [(on, facts)], by=by, now=now, origin=origin, flow=flow)[0]


def record_each(
    action: str,
    subjects: Sequence[tuple[AbstractBaseUser | None, dict[str, Any]]],
    *,
    by: AbstractBaseUser | None,
    now: datetime,
    origin: client.Origin | None = None,
    flow: str = "",
) -> list[SecurityEvent]:
    """Append one event to the chain of each subject, each with its own facts, in three statements; none for nobody.

    Needs: as ``record``; each subject once.
    """
    event_names.refuse_unknown(action)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs into the transaction of its action")
    if not subjects:
        return []
    heads = _lock_heads([chain_of(on) for on, _facts in subjects])
    shared = {"at": now, "action": action, "actor_id": by.pk if by else None, **origin_of(origin, flow)}
    events, words = [], []
    for on, facts in subjects:
        told, sealed = sealed_words.seal(facts)
        event = SecurityEvent(chain=chain_of(on), subject_id=on.pk if on else None, facts=told, **shared)
        n, prev = heads[event.chain]
        hash_chain.link(event, after=(n - 1, prev))
        events.append(event)
        words.append((event, sealed))
    SecurityEvent.objects.bulk_create(events)
    sealed_words.keep(words)
    _move_heads(events)
    for listener in _LISTENERS:
        listener(action, subjects, by=by, now=now)
    return events


def lock_chain(subject: AbstractBaseUser) -> None:
    """Lock the end of a subject's chain, as ``record`` does. For what is ordered with its events and is none of them.

    Needs: the action's open transaction.
    """
    ChainHead.objects.select_for_update().filter(chain=chain_of(subject)).first()


def chain_of(subject: AbstractBaseUser | None) -> str:
    """Return the name of the chain for events on this subject."""
    return f"user:{subject.pk}" if subject else "system"


def origin_of(origin: client.Origin | None, flow: str) -> dict[str, str]:
    """Return the columns for the origin and the flow of an event."""
    request_id = origin.request_id if origin else ""
    return {
        "source": digests.keyed("network", client.network(origin.address)) if origin else "",
        "request_id": request_id,
        "flow": flow or request_id or secrets.token_hex(8),
    }


def _lock_heads(chains: list[str]) -> dict[str, tuple[int, str]]:
    """Lock the head of each chain, always in the same order, so that no two actions wait for each other."""
    values = [value for chain in sorted(chains) for value in (chain, hash_chain.GENESIS)]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_HEADS.format(rows=", ".join(["(%s, 1, %s)"] * len(chains))), values)
        return {chain: (n, digest) for chain, n, digest in cursor.fetchall()}


def _move_heads(events: list[SecurityEvent]) -> None:
    values = [value for event in events for value in (event.chain, event.n, event.digest)]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_HEADS.format(rows=", ".join(["(%s, %s, %s)"] * len(events))), values)
