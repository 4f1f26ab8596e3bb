"""The text of docs/reference/events.md, from the catalogue of events."""

import json
from collections.abc import Iterator, Mapping

from portal.outbox.hooks import event_types
from portal.outbox.hooks.event_types import COMMON, EventType, Field

_HEAD = """# Events

What the firm's other systems are told, in the form of [Standard Webhooks](https://www.standardwebhooks.com/): a POST of
JSON with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. [Receive events](../how-to/hooks.md)
says how to verify, answer and ask again.

Every message has an `id`, which is also the `webhook-id` and the same each time it is sent, a `type`, the `timestamp`
of what happened, and `data`. New types and new fields may come at any time: ignore what you do not know. Moments are
in UTC.
"""
_AT = "2026-03-02T12:00:00.000Z"
_ID = "evt_3f2a9c0d5b7e4a118c6d2e9f0a1b4c5d"


def markdown() -> str:
    """Return the page."""
    types = [kind for kind in event_types.every() if kind != event_types.TEST]
    return "\n".join([_HEAD, *_index(types), *_common(), *(line for kind in types for line in _type(kind)), *_test()])


def example(kind: EventType) -> dict[str, object]:
    """Return a whole message of this type, made of the examples of its fields."""
    common = {} if kind == event_types.TEST else COMMON
    data = {name: field.example for name, field in {**common, **kind.fields}.items()}
    return {"id": _ID, "type": kind.name, "timestamp": _AT, "data": data}


def _index(types: list[EventType]) -> Iterator[str]:
    yield from ("| Type | What happened |", "|---|---|")
    for kind in types:
        yield f"| [`{kind.name}`](#{kind.name.replace('.', '')}) | {kind.meaning.partition('. ')[0].rstrip('.')} |"
    yield ""


def _common() -> Iterator[str]:
    yield from ("## In the data of every event", "", *_table(COMMON), "")


def _type(kind: EventType) -> Iterator[str]:
    yield from (f"## {kind.name}", "", kind.meaning, "")
    if kind.fields:
        yield from (*_table(kind.fields), "")
    yield from ("```json", json.dumps(example(kind), indent=2, ensure_ascii=False), "```", "")


def _test() -> Iterator[str]:
    kind = event_types.TEST
    yield from (f"## {kind.name}", "", f"{kind.meaning} Its `data` is empty: it is about nobody.", "")


def _table(fields: Mapping[str, Field]) -> Iterator[str]:
    yield from ("| Field | Meaning |", "|---|---|")
    for name, field in fields.items():
        yield f"| `{name}` | {field.meaning} |"
