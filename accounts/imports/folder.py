"""A directory that reads a folder: an example for PORTAL_CUSTOMER_DIRECTORY, and enough for many firms.

The firm's back office puts files of JSON lines into the folder PORTAL_CUSTOMER_FOLDER, named so that later ones sort
behind earlier ones, and renames each into place when it is whole. Each file is read once.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings


def records(after: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the records behind a position, which is the name of a file and a line of it."""
    last, _, line = after.rpartition(":")
    for path in sorted(Path(settings.PORTAL_CUSTOMER_FOLDER).glob("*.jsonl")):
        if path.name < last:
            continue
        done = int(line) if path.name == last else 0
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                if number > done and text.strip():
                    yield f"{path.name}:{number}", json.loads(text)
