"""Where the firm's books come from: files, or a callable of the firm's own."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.imports import reader
from accounts.imports.columns import FILES, FLAT, Kind
from accounts.imports.problems import Place, Problems
from accounts.imports.reader import Raw
from accounts.models import FeedPosition


class Source(Protocol):
    """Books that can be read again from any position they have told."""

    @property
    def fingerprint(self) -> str:
        """Return what tells these books from others; positions are kept under it."""

    def begins_at(self) -> str:
        """Return the position at which a new run begins."""

    def rows(self, after: str, problems: Problems) -> Iterator[tuple[str, Raw]]:
        """Yield the rows behind a position, each with its own. Raises: ``TooManyProblems``."""


class UnknownFormat(Exception):
    """A file does not say whether it is CSV or JSON lines."""


@dataclass(frozen=True)
class Files:
    """One file, or the files of a folder in the order in which one refers to another. A position counts rows."""

    paths: tuple[Path, ...]
    form: str = ""  # csv or jsonl, where the name does not tell

    @classmethod
    def at(cls, path: Path, form: str = "") -> "Files":
        """Return the books at a path. Raises: ``UnknownFormat``, ``UnknownSheet``, ``OSError``."""
        path.stat()
        paths = reader.files_in(path) if path.is_dir() else [path]
        if not all(form or reader.format_of(one) for one in paths):
            raise UnknownFormat(path.name)
        return cls(tuple(paths), form)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all files."""
        whole = hashlib.sha256()
        for path in self.paths:
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        return f"sha256:{whole.hexdigest()}"

    def begins_at(self) -> str:
        """Return the start: nothing in files says that they were read."""
        return ""

    def rows(self, after: str, problems: Problems) -> Iterator[tuple[str, Raw]]:
        """Yield the rows of all files in turn."""
        done, number = int(after or 0), 0
        for path in self.paths:
            name = path.name if len(self.paths) > 1 else ""
            with path.open("rb") as file:
                form = self.form or reader.format_of(path)
                for raw in reader.rows(file, form, problems, name=name, kind=self._kind_of(path)):
                    number += 1
                    if number > done:
                        yield str(number), raw

    @staticmethod
    def _kind_of(path: Path) -> Kind:
        return FILES.get(path.stem, FLAT)


Records = Callable[[str], Iterator[tuple[str, Any]]]


@dataclass(frozen=True)
class Directory:
    """The firm's own directory: a callable that yields records behind a position, each with its own position."""

    dotted_path: str

    @classmethod
    def configured(cls) -> "Directory | None":
        """Return the one named by PORTAL_CUSTOMER_DIRECTORY, None without."""
        return cls(settings.PORTAL_CUSTOMER_DIRECTORY) if settings.PORTAL_CUSTOMER_DIRECTORY else None

    @property
    def fingerprint(self) -> str:
        """Return the dotted path."""
        return self.dotted_path

    def begins_at(self) -> str:
        """Return the last position that was read."""
        found = FeedPosition.objects.filter(source=self.dotted_path).first()
        return found.position if found else ""

    def rows(self, after: str, problems: Problems) -> Iterator[tuple[str, Raw]]:
        """Yield what the callable yields; its positions take the place of lines."""
        records: Records = import_string(self.dotted_path)
        for number, (position, given) in enumerate(records(after), 1):
            place = Place(number, position)
            if not isinstance(given, Mapping):
                problems.add(place, "", "is not a JSON object")
            elif raw := reader.from_mapping(given, place, problems):
                yield position, raw
