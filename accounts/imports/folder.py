"""A directory that reads a folder: an example for PORTAL_CUSTOMER_DIRECTORY, and enough for many firms.

The firm's back office puts files of JSON lines into the folder PORTAL_CUSTOMER_FOLDER, named so that later ones sort
behind earlier ones, and renames each into place when it is whole. Each file is read once.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings


def records(after: str) -> Iterator[tuple[str, Any]]:
    """Yield the records behind a position, which is the name of a file and a line of it."""
    last, _, line = after.rpartition(":")
    for path in sorted(Path(settings.PORTAL_CUSTOMER_FOLDER).glob("*.jsonl")):
        if path.name < last:
            continue
        done = int(line) if path.name == last else 0
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if number > done and raw.strip():
                    yield f"{path.name}:{number}", _read(raw)


def _read(line: bytes) -> Any:
    """Return what a line holds; None, which is no record, if it cannot be read."""
    try:
        return json.loads(line)
    except ValueError:
        return None
