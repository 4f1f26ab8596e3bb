"""Chains of events: add events, and report every fault. Format: docs/reference/audit-export.md."""

import functools
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from portal.audit import sealed_words
from portal.audit.event_names import RecordEvent
from portal.audit.models import ChainedEvent, ChainStart, SealedWords
from portal.lib import digests

GENESIS = "0" * 64
VERSION = 1
# What the digest of each version covers besides the columns of the table that every version had. A column that is
# added later is named under the next version: events of the older ones keep the digest they were given.
_ADDED: dict[int, frozenset[str]] = {1: frozenset()}
_SINCE = frozenset[str]().union(*_ADDED.values())
_PAGE = 500
_TYPES = {"CharField": str, "TextField": str, "UUIDField": UUID, "DateTimeField": datetime, "JSONField": object}
# All other columns are numbers.


@dataclass(frozen=True)
class Head:
    """The end of a chain: number and digest of its last event."""

    chain: str
    n: int
    digest: str


@dataclass(frozen=True)
class Chains:
    """All chains of one table: its events, where their heads are stored, and further checks."""

    events: type[ChainedEvent]
    heads: Callable[[], models.QuerySet[Any]]
    head_of: Callable[[Any], Head]
    further_faults: Callable[[], Iterator[str]] = lambda: iter(())


_REGISTERED: list[Chains] = []


def register(chains: Chains) -> None:
    """Register an app's chains for verification, export and checkpoints; called once from its ``ready()``."""
    _REGISTERED.append(chains)


def registered() -> tuple[Chains, ...]:
    """Return the chains of all apps."""
    return tuple(_REGISTERED)


# --- One event ----------------------------------------------------------------------------------------


def link(event: ChainedEvent, *, after: tuple[int, str]) -> None:
    """Append an otherwise complete event to the one with this number and digest."""
    event.n, event.prev = after[0] + 1, after[1]
    event.version, event.key_id = VERSION, next(iter(_ring(settings.PORTAL_AUDIT_KEY)))
    event.digest = digest_of(event)


def digest_of(event: ChainedEvent) -> str:
    """Return the keyed digest of an event. Raises: ``KeyError`` if its key is not in the ring."""
    return _keyed(body_of(event), event.key_id)


def body_of(event: ChainedEvent) -> dict[str, Any]:
    """Return what the digest of its version covers: every column of that time but the id and the digest itself."""
    left_out = {"id", "digest"} | (_SINCE - _covered(event.version))
    fields = [field for field in event._meta.concrete_fields if field.name not in left_out]
    return {field.name: _plain(getattr(event, field.attname)) for field in fields}


def _covered(version: int) -> frozenset[str]:
    return frozenset().union(*(names for since, names in _ADDED.items() if since <= version))


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def canonical(body: dict[str, Any]) -> str:
    """Return the canonical JSON text of a value: names sorted, no spaces, ASCII."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sign(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with the id of the newest key and its digest under that key."""
    body |= {"key_id": next(iter(_ring(settings.PORTAL_AUDIT_KEY)))}
    return body | {"digest": _keyed(body, body["key_id"])}


def is_signed(body: dict[str, Any]) -> bool:
    """Tell whether a body is as ``sign`` returned it, under any key of the ring."""
    rest = {name: value for name, value in body.items() if name != "digest"}
    key_id, digest = body.get("key_id"), body.get("digest")
    return key_id in _ring(settings.PORTAL_AUDIT_KEY) and digests.same(str(digest), _keyed(rest, str(key_id)))


def sign_start(head: Head, *, now: datetime) -> dict[str, Any]:
    """Return a signed start of a chain: the last event of it that is deleted."""
    return sign({"start": head.chain, "n": head.n, "last": head.digest, "at": _plain(now)})


def starts() -> dict[str, Head]:
    """Return, by chain, the last of the events that were deleted for their age, where the signature is ours."""
    found = (row for row in rows(ChainStart.objects.order_by("pk")) if not isinstance(row, str))
    return {row.chain: Head(row.chain, row.n, row.digest) for row in found if _is_ours(row)}


def _is_ours(row: ChainStart) -> bool:
    said = row.signed if isinstance(row.signed, dict) else {}
    return is_signed(said) and (said.get("start"), said.get("n"), said.get("last")) == (row.chain, row.n, row.digest)


def _keyed(body: dict[str, Any], key_id: str) -> str:
    return hmac.new(_ring(settings.PORTAL_AUDIT_KEY)[key_id], canonical(body).encode(), hashlib.sha256).hexdigest()


@functools.lru_cache(maxsize=8)
def _ring(declared: str) -> dict[str, bytes]:
    """Return the keys by id, the signing one first. An id is the start of the key's own SHA-256."""
    keys = [part.strip().encode() for part in declared.split(",")]
    ring = {hashlib.sha256(b"audit key id\x1f" + key).hexdigest()[:8]: key for key in keys}
    if not all(keys) or len(ring) < len(keys):
        raise ImproperlyConfigured("PORTAL_AUDIT_KEY must be one key or several, comma-separated, none twice.")
    return ring


# --- All of them --------------------------------------------------------------------------------------


def faults() -> Iterator[str]:
    """Recompute every chain and yield a sentence for each edit, gap, insertion, swap, cut or unreadable row.

    Needs: a snapshot (``export.snapshot``) if there are writers meanwhile.
    """
    known, words = dict[str, Head](), dict[sealed_words.Place, str]()
    for row in rows(ChainStart.objects.order_by("pk")):
        if isinstance(row, str):
            yield row
        elif not _is_ours(row):
            yield f"{row.chain}: its start at {row.n} is not signed by a key of PORTAL_AUDIT_KEY"
        else:
            known[row.chain] = Head(row.chain, row.n, row.digest)
    for row in rows(SealedWords.objects.order_by("pk")):
        if isinstance(row, str):
            yield row
        else:
            words[row.chain, row.n, row.name] = sealed_words.digest_of(row)
    for chains in registered():
        yield from _faults_of(chains, known, words)
        yield from chains.further_faults()
    yield from (f"{chain}: event {n} has no {name}, for which there are words" for chain, n, name in words)


def _faults_of(chains: Chains, known: dict[str, Head], words: dict[sealed_words.Place, str]) -> Iterator[str]:
    heads: dict[str, Head] = {}
    for row in rows(chains.heads()):
        if isinstance(row, str):
            yield row
        else:
            heads[chains.head_of(row).chain] = chains.head_of(row)
    last, typed = Head("", 0, GENESIS), _Typed(words)
    for event in rows(chains.events._default_manager.order_by("chain", "n")):
        if isinstance(event, str):
            yield event
            continue
        if event.chain != last.chain:
            yield from typed.ended()
            yield from _end_faults(last, heads)
            last = known.get(event.chain, Head(event.chain, 0, GENESIS))
        yield from _link_faults(event, last)
        last = Head(event.chain, event.n, event.digest)
        yield from typed.read(event)
    yield from typed.ended()
    yield from _end_faults(last, heads)
    for lost in heads.values():
        if lost.n and lost != known.get(lost.chain):
            yield f"{lost.chain}: all {lost.n} events are missing"


def _link_faults(event: ChainedEvent, last: Head) -> Iterator[str]:
    if event.n != last.n + 1:
        yield f"{event.chain}: event {last.n + 1} is missing"
    if event.prev != last.digest:
        yield f"{event.chain}: event {event.n} does not follow the one before it"
    if event.version not in _ADDED:
        yield f"{event.chain}: event {event.n} has the format {event.version}, which nobody knows"
    elif event.key_id not in _ring(settings.PORTAL_AUDIT_KEY):
        yield f"{event.chain}: event {event.n} was signed with {event.key_id!r}, which is no key of PORTAL_AUDIT_KEY"
    elif not digests.same(event.digest, digest_of(event)):
        yield f"{event.chain}: event {event.n} was altered"


class _Typed:
    """The words that people typed in one chain, as far as it was read: faults that an erasing later on excuses."""

    def __init__(self, words: dict[sealed_words.Place, str]) -> None:
        self._words = words
        self._there: list[str] = []
        self._wrong: list[str] = []

    def read(self, event: ChainedEvent) -> Iterator[str]:
        """Take the words of an event from those that are kept; once the chain was erased, none may be left."""
        if event.action == RecordEvent.ERASED:
            yield from self._there
            self._there, self._wrong = [], []
        for place, digest in sealed_words.digests_in(event).items():
            kept, name = self._words.pop(place, ""), f"{event.chain}: {place[2]} of event {event.n}"
            if kept:
                self._there.append(f"{name} was erased, and is there")
            if kept != digest:
                self._wrong.append(f"{name} {'was altered' if kept else 'is missing'}")

    def ended(self) -> Iterator[str]:
        """Yield the faults of a chain that has no more events, and begin with another."""
        yield from self._wrong
        self._there, self._wrong = [], []


def _end_faults(last: Head, heads: dict[str, Head]) -> Iterator[str]:
    head = heads.pop(last.chain, None)
    if not last.n:
        return
    if head is None:
        yield f"{last.chain}: its head is missing"
    elif head != last:
        yield f"{last.chain}: the record ends at {last.n}, its head says {head.n}"


def rows(wanted: models.QuerySet[Any]) -> Iterator[Any]:
    """Yield rows in order; for an unreadable one, a sentence that names it.

    An invalid time, malformed JSON, text in place of a number: SQLite stores whatever raw SQL writes. So ids
    are read first, which are always numbers, then rows by id, one at a time if a page cannot be read.
    """
    ids = wanted.values_list("pk", flat=True).iterator(chunk_size=_PAGE)
    while page := list(islice(ids, _PAGE)):
        try:
            found = {row.pk: row for row in wanted.filter(pk__in=page)}
        except Exception:  # noqa: BLE001  whatever a row does to its reader, the row is named below
            found = {}
        for pk in page:
            yield _checked(found, wanted, pk)


def _checked(found: dict[int, Any], wanted: models.QuerySet[Any], pk: int) -> Any:
    try:
        row = found.get(pk) or wanted.get(pk=pk)
        wrong = [field.name for field in row._meta.concrete_fields if not _is_sound(row, field)]
        canonical(body_of(row)) if isinstance(row, ChainedEvent) else None
    except Exception as error:  # noqa: BLE001  the same
        return f"{wanted.model._meta.db_table}, row {pk}: it cannot be read ({type(error).__name__})"
    return f"{wanted.model._meta.db_table}, row {pk}: {', '.join(wrong)} cannot be read" if wrong else row


def _is_sound(row: models.Model, field: "models.Field[Any, Any]") -> bool:
    """Tell whether a column holds a value of its type; a deferred column counts as sound."""
    if field.attname in row.get_deferred_fields():
        return True
    value = getattr(row, field.attname)
    if value is None:
        return field.null
    return isinstance(value, _TYPES.get(field.get_internal_type(), int)) and not isinstance(value, bool)
