"""Read the firm's books from files, row by row: bounded memory, every mistake with its line and column.

Format: docs/reference/import-format.md.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from accounts.imports.columns import FILES, FLAT, KINDS, Kind, expanded
from accounts.imports.problems import Place, Problems
from accounts.imports.values import Unfit
from accounts.policies import scripts
from portal.lib import strict_json

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
RECORD = "record"  # the name of a record's kind, in JSON lines
_LONGEST_LINE = 65_536  # bytes
_BOM = "\ufeff"


@dataclass(frozen=True)
class Record:
    """One record: stored values by column. A column that is not there stays as it is."""

    kind: Kind
    place: Place
    values: dict[str, str]

    @property
    def key(self) -> tuple[str, ...]:
        """Return what the record is about."""
        return (self.kind.name, *(self.values[name] for name in self.kind.keys))

    def starting(self, prefix: str) -> dict[str, str]:
        """Return the values of columns with this prefix, by name without the prefix."""
        return {name.removeprefix(prefix): value for name, value in self.values.items() if name.startswith(prefix)}


# A row as it stands, with the kind it is of; the place counts its lines.
Raw = tuple[Kind, Place, dict[str, str]]


def format_of(path: Path) -> str:
    """Return ``csv`` or ``jsonl`` by the file's extension, or an empty text."""
    return FORMATS.get(path.suffix.lower(), "")


class UnknownSheet(Exception):
    """A folder holds a file that none of its sheets is called, or the same sheet twice: it would not be read."""


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, in the order in which one refers to another. Raises: ``UnknownSheet``."""
    found = [path for path in sorted(folder.iterdir()) if format_of(path)]
    named = {path.stem: path for path in found}
    ours = [named[stem] for stem in (FLAT.file, *FILES) if stem in named]
    if odd := [path.name for path in found if path not in ours]:
        raise UnknownSheet(odd[0])
    return ours


def rows(file: BufferedReader, form: str, problems: Problems, *, name: str = "", kind: Kind = FLAT) -> Iterator[Raw]:
    """Yield the rows of a file. ``form``: csv or jsonl; ``kind``: of its rows, where they do not say.

    Raises: ``TooManyProblems``.
    """
    file.seek(0)
    if form == "csv":
        yield from _csv_rows(file, kind, name, problems)
    else:
        yield from _json_rows(file, kind, name, problems)


def records(raw: Raw, problems: Problems) -> list[Record]:
    """Return the records of a row, none if anything is wrong with it. Raises: ``TooManyProblems``."""
    kind, place, given = raw
    before = problems.count
    read = _read(kind, place, given, problems)
    for name in kind.keys:
        if name not in given:
            problems.add(place, name, "is missing")
    if problems.count > before:
        return []
    return [Record(part, place, values) for part, values in (expanded(read) if kind is FLAT else [(kind, read)])]


def from_mapping(given: Mapping[str, Any], place: Place, problems: Problems) -> Raw | None:
    """Return a row for a record as JSON lines have it. Raises: ``TooManyProblems``."""
    named = given.get(RECORD, FLAT.name)
    kind = FLAT if named == FLAT.name else KINDS.get(named) if isinstance(named, str) else None
    if kind is None:
        problems.add(place, RECORD, f"is not one of {', '.join(KINDS)}")
        return None
    own = {name: item for name, item in given.items() if name != RECORD}
    return (kind, place, own) if _is_flat(own, kind, place, problems) else None


def _read(kind: Kind, place: Place, given: dict[str, str], problems: Problems) -> dict[str, str]:
    read = {}
    for column in kind.columns:
        if column.name in given:
            try:
                read[column.name] = column.value(given[column.name])
            except Unfit as unfit:
                problems.add(place, column.name, str(unfit))
    for name in ("given_name", "family_name"):
        if scripts.is_mixed(read.get(name, "")):
            problems.remark(place, name, f"mixes the scripts {' and '.join(scripts.of(read[name]))}")
    return read


def _lines(file: BufferedReader, name: str, problems: Problems) -> Iterator[str]:
    """Decode line by line, so that a mistake has its line and one endless line does not fill the memory."""
    number = 0
    while raw := file.readline(_LONGEST_LINE):
        number += 1
        place = Place(number, name)
        if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
            problems.add(place, "", f"is longer than {_LONGEST_LINE} bytes; nothing after it was read")
            return
        if b"\x00" in raw:
            problems.add(place, "", "holds a NUL byte: this is not a text file in UTF-8")
            return
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            problems.add(place, "", f"is not UTF-8 (byte {error.start + 1} of the line)")
            text = raw.decode(errors="replace")
        yield text.removeprefix(_BOM) if number == 1 else text


def _csv_rows(file: BufferedReader, kind: Kind, name: str, problems: Problems) -> Iterator[Raw]:
    reader = csv.reader(_lines(file, name, problems), strict=True)
    names: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            start, line = Place(line, name), reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [cell.strip() for cell in cells]
                if not _is_heading(names, kind, start, problems):
                    return
            elif len(cells) != len(names):
                problems.add(start, "", f"has {len(cells)} values, the heading has {len(names)}")
            else:
                yield kind, start, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        problems.add(Place(line, name), "", f"cannot be read as CSV ({error}); nothing after it was read")


def _is_heading(names: list[str], kind: Kind, place: Place, problems: Problems) -> bool:
    before, known = problems.count, {column.name for column in kind.columns}
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        problems.add(place, "", "has no commas: save the file with commas between the values")
        return False
    for name in dict.fromkeys(names):
        if name not in known:
            problems.add(place, name or "(no name)", "is not a column of this format")
        elif names.count(name) > 1:
            problems.add(place, name, f"is there {names.count(name)} times")
    for name in kind.keys:
        if name not in names:
            problems.add(place, name, "is missing from the heading")
    return problems.count == before


def _json_rows(file: BufferedReader, kind: Kind, name: str, problems: Problems) -> Iterator[Raw]:
    for line, text in enumerate(_lines(file, name, problems), 1):
        place = Place(line, name)
        if not text.strip():
            continue
        try:
            value = strict_json.loads(text)
        except strict_json.GivenTwice as twice:
            problems.add(place, twice.name, "is there more than once")
        except strict_json.Unreadable:
            problems.add(place, "", "is not a JSON object")
        else:
            if not isinstance(value, dict):
                problems.add(place, "", "is not a JSON object")
            elif raw := from_mapping({RECORD: kind.name} | value, place, problems):
                yield raw


def _is_flat(given: dict[str, Any], kind: Kind, place: Place, problems: Problems) -> bool:
    before, known = problems.count, {column.name for column in kind.columns}
    for name, item in given.items():
        if name not in known:
            problems.add(place, name, "is not a column of this format")
        elif not isinstance(item, str):
            problems.add(place, name, "must be a text in quotes")
    return problems.count == before
