"""What people typed, kept beside the record: an event has its digest only, so that the words can be erased.

See docs/decisions/0037-given-out-and-erased.md.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from portal.audit.models import ChainedEvent, SealedWords

LONGEST_REASON = 200  # characters
_MARK = "sealed"
Place = tuple[str, int, str]  # chain, number of the event, name of the fact


class Words(str):
    """A text that a person typed, as a fact of an event."""

    __slots__ = ()


def reason(text: str) -> Words:
    """Return why somebody did something, as a fact of an event: cut to what the record keeps."""
    return Words(text[:LONGEST_REASON])


def seal(facts: dict[str, Any]) -> tuple[dict[str, Any], list[SealedWords]]:
    """Return the facts with a digest in the place of each ``Words``, and the rows that keep them.

    Needs: ``keep`` with those rows once the event has its place.
    """
    rows = {
        name: SealedWords(name=name, salt=secrets.token_hex(16), words=str(value))
        for name, value in facts.items()
        if isinstance(value, Words)
    }
    return facts | {name: {_MARK: digest_of(row)} for name, row in rows.items()}, list(rows.values())


def keep(events: Iterable[tuple[ChainedEvent, list[SealedWords]]]) -> None:
    """Store the words of these events. No statement where there are none."""
    rows = []
    for event, sealed in events:
        for row in sealed:
            row.chain, row.n = event.chain, event.n
            rows.append(row)
    if rows:
        SealedWords.objects.bulk_create(rows)


def digest_of(row: SealedWords) -> str:
    """Return what the event has in the place of these words: a salted SHA-256, from which nobody can guess them."""
    return hashlib.sha256(f"{row.salt}\x1f{row.words}".encode()).hexdigest()


def digests_in(event: ChainedEvent) -> dict[Place, str]:
    """Return the digests in the facts of an event, by place."""
    facts = event.facts if isinstance(event.facts, dict) else {}
    return {
        (event.chain, event.n, name): str(value[_MARK])
        for name, value in facts.items()
        if isinstance(value, dict) and set(value) == {_MARK}
    }


def is_sealed(event: ChainedEvent, name: str) -> bool:
    """Tell whether a fact of an event is words that somebody typed."""
    return (event.chain, event.n, name) in digests_in(event)


def facts_of(events: Iterable[ChainedEvent]) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the facts of each event with its words in place; those that were erased are empty.

    One statement for each chain among them that has any words.
    """
    listed = list(events)
    numbers: dict[str, set[int]] = {}
    for chain, n, _name in (place for event in listed for place in digests_in(event)):
        numbers.setdefault(chain, set()).add(n)
    kept: dict[Place, str] = {}
    for chain, wanted in numbers.items():
        for row in SealedWords.objects.filter(chain=chain, n__in=wanted):
            kept[row.chain, row.n, row.name] = row.words
    return {
        (event.chain, event.n): event.facts | {place[2]: kept.get(place, "") for place in digests_in(event)}
        for event in listed
    }


def facts(event: ChainedEvent) -> dict[str, Any]:
    """Return the facts of one event with its words in place."""
    return facts_of([event])[event.chain, event.n]
