"""The database of every release, as its demo left it, and the migrations it was made by.

``python -m tests.releases`` adds those of the version in ``portal.__version__``; docs/how-to/upgrade.md says when.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent
SQLITE, POSTGRESQL, MIGRATIONS = "portal.sqlite3.gz", "portal.sql.gz", "migrations.txt"


def releases() -> list[Path]:
    """Return the folder of each release, oldest first."""
    made = [folder for folder in FOLDER.iterdir() if (folder / MIGRATIONS).exists()]
    return sorted(made, key=lambda folder: [int(part) for part in folder.name.split(".")])


def migrations() -> dict[str, str]:
    """Return the SHA-256 of every migration there is now, by its path."""
    found = sorted(ROOT.glob("*/migrations/0*.py")) + sorted(ROOT.glob("portal/*/migrations/0*.py"))
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
