"""The record of each case: appending to its chain, and what else must be consistent with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from portal.audit import event_names, hash_chain, sealed_words
from portal.audit.models import SecurityEvent
from portal.audit.record import origin_of
from portal.lib import client
from recovery.enums import Actor, OwnerEvent
from recovery.models import Case, Event


@dataclass(frozen=True)
class Who:
    """Who did something: the kind of actor, the person if known, and from where."""

    kind: Actor
    user: User | None = None
    origin: client.Origin | None = None


def append(case: Case, action: str, *, who: Who, now: datetime, to: str, body: dict[str, Any]) -> Event:
    """Append the next event of a locked case; the caller updates the case in the same transaction.

    Raises: ``UnknownEvent``.
    """
    event_names.refuse_unknown(action)
    facts, words = sealed_words.seal(body)
    event = Event(
        chain=chain_of(case),
        case=case,
        at=now,
        actor_kind=who.kind,
        actor=who.user,
        action=action,
        from_state=case.state,
        to_state=to,
        facts=facts,
        **origin_of(who.origin, flow=chain_of(case)),
    )
    hash_chain.link(event, after=(case.event_n, case.head))
    event.save(force_insert=True)
    sealed_words.keep([(event, words)])
    return event


def chain_of(case: Case) -> str:
    """Return the name of a case's chain, which is also its flow."""
    return f"case:{case.number}"


def chains() -> hash_chain.Chains:
    """Return the chains of cases for ``portal_audit``."""
    return hash_chain.Chains(events=Event, heads=_heads, head_of=_head_of, further_faults=_further_faults)


def _heads() -> QuerySet[Case]:
    return Case.objects.only("number", "event_n", "head").order_by("pk")


def _head_of(case: Case) -> hash_chain.Head:
    return hash_chain.Head(chain_of(case), case.event_n, case.head)


def _further_faults() -> Iterator[str]:
    yield from _untold()
    yield from _unrecorded()


def _unrecorded() -> Iterator[str]:
    """Yield a sentence for each case that is in another state than its record leads to, or whose record jumps."""
    ends: dict[str, str] = {}
    for event in _readable(Event.objects.only("chain", "n", "from_state", "to_state").order_by("chain", "n")):
        if event.from_state != ends.get(event.chain, event.from_state):
            yield f"{event.chain}: event {event.n} leaves {event.from_state}, the one before led to {ends[event.chain]}"
        ends[event.chain] = event.to_state
    for case in _readable(Case.objects.only("number", "state").order_by("pk")):
        if case.state != ends.get(chain_of(case), case.state):
            yield f"{chain_of(case)}: is {case.state}, its record ends in {ends[chain_of(case)]}"


def _untold() -> Iterator[str]:
    """Yield a sentence for each event that is in the owner's record but not in the case's.

    This also finds a case that vanished with all its events. Unreadable rows are reported elsewhere.
    """
    shortened = hash_chain.starts()
    known = {row.digest: row.chain for row in _readable(Event.objects.only("chain", "digest").order_by("pk"))}
    for told in _readable(SecurityEvent.objects.filter(action__in=OwnerEvent.values).order_by("pk")):
        facts = told.facts if isinstance(told.facts, dict) else {}
        if f"case:{facts.get('case')}" in shortened:
            continue
        if known.get(str(facts.get("digest"))) != f"case:{facts.get('case')}":
            yield f"{facts.get('case')}: event {facts.get('n')}, which {told.chain} speaks of, is not in the record"


def _readable(wanted: QuerySet[Any]) -> Iterator[Any]:
    return (row for row in hash_chain.rows(wanted) if not isinstance(row, str))
