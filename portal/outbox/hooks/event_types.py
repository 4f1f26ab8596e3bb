"""The catalogue of events that the firm's systems are told, each with its meaning and its fields.

Apps declare theirs in a module ``hook_types``; docs/reference/events.md is generated from it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field of an event: its meaning for whoever receives it, and an example of its value."""

    meaning: str
    example: Any


@dataclass(frozen=True)
class EventType:
    """One type of event. ``fields``: exactly what is told beside the fields that all have in common."""

    name: str
    meaning: str
    fields: Mapping[str, Field]


# What every event has in its ``data``, except the test.
COMMON: dict[str, Field] = {
    "subject": Field(
        "Whose username it is about: the username, its customer's number, and `live` or `paper`.",
        {"username": "ada", "customer": "C1000001", "realm": "live"},
    ),
    "sequence": Field("The place of the event among those of this username: 1, 2, 3, without gaps.", 7),
    "accounts": Field(
        "The open accounts this username may act on, with its role there, `owner` or `adviser`.",
        [{"number": "U1000001", "role": "owner"}],
    ),
    "by": Field(
        "Who did it: `customer`, `staff`, or `portal` (the books, a command, the clock, or somebody not signed in).",
        "customer",
    ),
}

_TYPES: dict[str, EventType] = {}


class NotDeclared(Exception):
    """An event differs from its type in its fields, or its type is none."""


def declare(name: str, meaning: str, fields: Mapping[str, Field] | None = None) -> EventType:
    """Declare a type that may be queued; apps do so once."""
    if name in _TYPES:
        raise ValueError(f"an event type {name!r} is declared already")
    _TYPES[name] = made = EventType(name, meaning, fields or {})
    return made


def every() -> Iterator[EventType]:
    """Yield all types by name."""
    yield from (_TYPES[name] for name in sorted(_TYPES))


def check_declared(kind: EventType, facts: Collection[str]) -> None:
    """Raise ``NotDeclared`` unless an event of this type has exactly these facts."""
    if _TYPES.get(kind.name) != kind:
        raise NotDeclared(f"{kind.name} is no declared type")
    if wrong := set(kind.fields).symmetric_difference(facts):
        raise NotDeclared(f"{kind.name}: undeclared or missing fields: {', '.join(sorted(wrong))}")


TEST = declare("hooks.test", "Nothing happened: an operator tries whether events arrive. Answer it like any other.")
