"""Read an import file row by row: bounded memory, every mistake with its line and column.

Format: docs/reference/import-format.md.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from accounts.imports.columns import BY_NAME, COLUMNS, Unfit
from portal.lib import strict_json

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_LONGEST_LINE = 65_536  # bytes
_BOM = "\ufeff"


class TooManyProblems(Exception):
    """The limit of problems is reached; reading on is of no use."""


@dataclass(frozen=True)
class Problem:
    """A problem and its place: ``line`` 0 stands for the whole file."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        return f"{', '.join([*place, self.column] if self.column else place)}{': ' if self.line else ''}{self.sentence}"


class Problems:
    """The mistakes found so far, up to a limit."""

    def __init__(self, limit: int) -> None:
        self.limit, self.found = limit, list[Problem]()

    def add(self, line: int, column: str, sentence: str) -> None:
        """Note one. Raises: ``TooManyProblems`` when the limit is reached."""
        self.found.append(Problem(line, column, sentence))
        if len(self.found) >= self.limit:
            raise TooManyProblems


@dataclass(frozen=True)
class Row:
    """One customer: stored values by column, with every column present."""

    line: int
    values: dict[str, str]

    def starting(self, prefix: str) -> dict[str, str]:
        """Return the non-empty values of columns with this prefix, by name without the prefix."""
        return {
            name.removeprefix(prefix): value for name, value in self.values.items() if name.startswith(prefix) and value
        }


def format_of(path: Path) -> str:
    """Return ``csv`` or ``jsonl`` by the file's extension, or an empty text."""
    return FORMATS.get(path.suffix.lower(), "")


def rows(file: BufferedReader, kind: str, problems: Problems) -> Iterator[Row]:
    """Yield the valid rows of a file; what is wrong with the others is added to ``problems``.

    Raises: ``TooManyProblems``.
    """
    file.seek(0)
    source = _csv_rows(file, problems) if kind == "csv" else _json_rows(file, problems)
    is_empty = True
    for line, raw in source:
        is_empty = False
        if (row := _checked(line, raw, problems)) is not None:
            yield row
    if is_empty and not problems.found:
        problems.add(0, "", "There is no customer in the file.")


def _checked(line: int, raw: dict[str, str], problems: Problems) -> Row | None:
    values, before = {}, len(problems.found)
    for column in COLUMNS:
        try:
            values[column.name] = column.value(raw.get(column.name, ""))
        except Unfit as unfit:
            problems.add(line, column.name, str(unfit))
    return Row(line, values) if len(problems.found) == before else None


def _lines(file: BufferedReader, problems: Problems) -> Iterator[str]:
    """Decode line by line, so that a mistake has its line and one endless line does not fill the memory."""
    number = 0
    while raw := file.readline(_LONGEST_LINE):
        number += 1
        if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
            problems.add(number, "", f"is longer than {_LONGEST_LINE} bytes; nothing after it was read")
            return
        if b"\x00" in raw:
            problems.add(number, "", "holds a NUL byte: this is not a text file in UTF-8")
            return
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            problems.add(number, "", f"is not UTF-8 (byte {error.start + 1} of the line)")
            text = raw.decode(errors="replace")
        yield text.removeprefix(_BOM) if number == 1 else text


def _csv_rows(file: BufferedReader, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(_lines(file, problems), strict=True)
    names: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [cell.strip() for cell in cells]
                if not _is_heading(start, names, problems):
                    return
            elif len(cells) != len(names):
                problems.add(start, "", f"has {len(cells)} values, the heading has {len(names)}")
            else:
                yield start, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        problems.add(line, "", f"cannot be read as CSV ({error}); nothing after it was read")


def _is_heading(line: int, names: list[str], problems: Problems) -> bool:
    before = len(problems.found)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        problems.add(line, "", "has no commas: save the file with commas between the values")
        return False
    for name in dict.fromkeys(names):
        if name not in BY_NAME:
            problems.add(line, name or "(no name)", "is not a column of this format")
        elif names.count(name) > 1:
            problems.add(line, name, f"is there {names.count(name)} times")
    for column in COLUMNS:
        if column.is_required and column.name not in names:
            problems.add(line, column.name, "is missing from the heading")
    return len(problems.found) == before


def _json_rows(file: BufferedReader, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    for line, text in enumerate(_lines(file, problems), 1):
        if not text.strip():
            continue
        try:
            value = strict_json.loads(text)
        except strict_json.GivenTwice as twice:
            problems.add(line, twice.name, "is there more than once")
        except strict_json.Unreadable:
            problems.add(line, "", "is not a JSON object")
        else:
            if _is_flat(line, value, problems):
                yield line, value


def _is_flat(line: int, value: Any, problems: Problems) -> bool:
    before = len(problems.found)
    if not isinstance(value, dict):
        problems.add(line, "", "is not a JSON object")
        return False
    for name, item in value.items():
        if name not in BY_NAME:
            problems.add(line, name, "is not a column of this format")
        elif not isinstance(item, str):
            problems.add(line, name, "must be a text in quotes")
    return len(problems.found) == before
