"""Take in the firm's books: as a whole or not at all, or as a feed that goes on where it stopped."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, reset_queries, transaction

from accounts.enums import Action
from accounts.imports import planning, reader, writing
from accounts.imports.columns import KINDS, LOGIN, PERSON
from accounts.imports.planning import Change, Counts
from accounts.imports.problems import Place, Problem, Problems, TooManyProblems
from accounts.imports.reader import Record
from accounts.imports.sources import Source
from accounts.imports.stored import LeftOut, Planned, Stored
from accounts.models import FeedPosition, User
from portal.audit.models import SecurityEvent
from portal.audit.record import chain_of, record
from portal.lib import clock

_BATCH = 500  # records
_PEOPLE = 25  # people who are changed in one transaction of a feed: each is locked until it ends


class ImportRefused(Exception):
    """Nothing was written; ``problems`` says why."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(map(str, problems.found)))
        self.problems = problems


@dataclass
class Outcome:
    """What became of the books: counts by kind, and what was wrong or is pointed out."""

    problems: Problems
    counts: Counts = field(default_factory=Counts)
    skipped: int = 0  # records that a feed had taken in before it was interrupted
    left_out: LeftOut = field(default_factory=set)


Watch = Callable[[Change], None]


def check(source: Source, *, limit: int, watch: Watch | None = None) -> Outcome:
    """Compare the books with what is stored, and write nothing.

    ``limit``: problems to collect before giving up. ``watch`` is called with each change. Memory does not grow with
    the books. Raises: ``ImportRefused``.
    """
    outcome = Outcome(Problems(limit))
    with _refusing(outcome.problems), Planned() as planned:
        for batch in _batches(source.rows("", outcome.problems), outcome.problems):
            for change in _planned(batch, planned, outcome):
                if watch and not change.is_none:
                    watch(change)
        if not outcome.counts.by_kind and not outcome.problems.found:
            outcome.problems.found.append(Problem(Place(0), "", "There is nothing in these books."))
    return outcome


def _planned(batch: "Batch", planned: Planned, outcome: Outcome) -> Iterator[Change]:
    stored = Stored(batch.records, planned, outcome.left_out)
    for change in _plan(batch.records, stored, outcome):
        given = change.record.values
        if change.is_new and change.record.kind.keys:
            owner = given.get("customer_number", "") if change.record.kind is LOGIN else ""
            planned.add(change.record.kind.name, given[change.record.kind.keys[0]], owner)
        yield change


def import_books(source: Source, *, by: User | None, now: datetime) -> Outcome:
    """Write everything in books that ``check`` passed, or nothing.

    Effects: rows, events and notices, in one transaction; one event on the system's chain with counts and the
    fingerprint of the books. Raises: ``ImportRefused`` if books or database changed since the check.
    """
    outcome = Outcome(Problems(1))
    try:
        with _refusing(outcome.problems), transaction.atomic():
            for batch in _batches(source.rows("", outcome.problems), outcome.problems):
                _write(batch, outcome, now=now)
            _record_run(source, outcome, by=by, now=now)
    except IntegrityError as error:
        sentence = "Somebody wrote one of these records meanwhile; check again."
        outcome.problems.found.append(Problem(Place(0), "", sentence))
        raise ImportRefused(outcome.problems) from error
    return outcome


def feed(source: Source, *, by: User | None) -> Outcome:
    """Write the books batch by batch; a record with a mistake is reported and left out.

    After an interruption the next call goes on behind the last batch that was written. Books that were read to their
    end are read from the start again, which changes nothing.
    Effects: as ``import_books``, with one transaction for each batch, or several where it changes many people; the
    event at the end.
    """
    outcome = Outcome(Problems(0))
    fresh = {"position": source.begins_at(), "records": 0, "moved_at": clock.now()}
    row, _is_new = FeedPosition.objects.get_or_create(source=source.fingerprint, defaults=fresh)
    if row.finished_at:
        row.position, row.records = source.begins_at(), 0
    outcome.skipped = row.records
    for batch in _short(_batches(source.rows(row.position, outcome.problems), outcome.problems)):
        with transaction.atomic():
            FeedPosition.objects.select_for_update().get(pk=row.pk)  # another run of the same books waits
            _write(batch, outcome, now=clock.now())
            _move(row, batch, now=clock.now())
    with transaction.atomic():
        row.finished_at = clock.now()
        row.save(update_fields=["finished_at"])
        _record_run(source, outcome, by=by, now=clock.now())
    return outcome


def _move(row: FeedPosition, batch: "Batch", *, now: datetime) -> None:
    row.position, row.moved_at, row.finished_at = batch.position, now, None
    row.records += len(batch.records)
    row.save(update_fields=["position", "records", "moved_at", "finished_at"])


def _record_run(source: Source, outcome: Outcome, *, by: User | None, now: datetime) -> None:
    counts = {kind: dict(counted) for kind, counted in outcome.counts.by_kind.items()}
    facts: dict[str, Any] = {"counts": counts, "mistakes": outcome.problems.count, "source": source.fingerprint}
    record(Action.IMPORTED, by=by, on=None, now=now, **facts)


def _write(batch: "Batch", outcome: Outcome, *, now: datetime) -> None:
    stored = Stored(batch.records, None, outcome.left_out)
    for kind in KINDS:
        changes = list(_plan([one for one in batch.records if one.kind.name == kind], stored, outcome))
        if written := [change for change in changes if not change.is_none]:
            writing.WRITERS[kind](written, now)
    reset_queries()  # with PORTAL_DEBUG, Django keeps the text of every statement


def _plan(records: Iterable[Record], stored: Stored, outcome: Outcome) -> Iterator[Change]:
    """Yield the changes of a batch, kind by kind, each counted."""
    by_kind: dict[str, list[Record]] = {}
    for one in records:
        by_kind.setdefault(one.kind.name, []).append(one)
    for kind in KINDS:
        if own := by_kind.get(kind):
            kept, left = list[Record](), list[Change]()
            for one in own:
                left.append(Change(one, None, is_new=False)) if stored.leaves_out(one) else kept.append(one)
            for change in [*left, *planning.PLANNERS[kind](kept, stored, outcome.problems)]:
                outcome.counts.add(change)
                yield change


@dataclass
class Batch:
    """Rows whose records are written together, each thing once; each row with the position behind it."""

    rows: list[tuple[str, list[Record]]] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        """Return the records of all rows."""
        return [one for _position, records in self.rows for one in records]

    @property
    def position(self) -> str:
        """Return the position behind the last row."""
        return self.rows[-1][0]

    def add(self, position: str, records: list[Record]) -> None:
        """Add a row; one without records only moves the position, so that mistakes do not fill the memory."""
        if self.rows and not records:
            records = self.rows.pop()[1]
        self.rows.append((position, records))


def _batches(rows: "Iterable[tuple[str, reader.Raw]]", problems: Problems) -> Iterator[Batch]:
    """Yield batches; a record about something that the batch has already begins another one, unless it is the same."""
    batch, seen = Batch(), dict[tuple[str, ...], Record]()
    for position, raw in rows:
        found = reader.records(raw, problems)
        fresh = [one for one in found if one.key not in seen or seen[one.key].values != one.values]
        if len(seen) + len(fresh) > _BATCH or any(one.key in seen for one in fresh):
            yield batch
            batch, seen = Batch(), {}
            fresh = found
        batch.add(position, fresh)
        seen |= {one.key: one for one in fresh}
    if batch.rows:
        yield batch


def _short(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield the batches cut so that none changes many people: whoever signs in meanwhile waits for one at most."""
    for batch in batches:
        changing, part, people = _changing(batch), Batch(), 0
        for position, records in batch.rows:
            people += any(one.key in changing for one in records)
            if people > _PEOPLE:
                yield part
                part, people = Batch(), 1
            part.add(position, records)
        yield part


def _changing(batch: Batch) -> set[tuple[str, ...]]:
    """Return the keys of records that change somebody who is there already."""
    records = [one for one in batch.records if one.kind.name in {PERSON.name, LOGIN.name}]
    if not records:
        return set()
    planned = _plan(records, Stored(records, None, set()), Outcome(Problems(0)))
    return {change.record.key for change in planned if not (change.is_new or change.is_none)}


@contextmanager
def _refusing(problems: Problems) -> Iterator[None]:
    """Turn problems into the refusal of all the books."""
    try:
        yield
    except TooManyProblems as enough:
        raise ImportRefused(problems) from enough
    if problems.found:
        raise ImportRefused(problems)


def is_first() -> bool:
    """Tell whether nothing has been imported yet."""
    return not SecurityEvent.objects.filter(chain=chain_of(None), action=Action.IMPORTED).exists()
