"""Make the databases of the version in ``portal.__version__``: a file of SQLite and a dump of PostgreSQL.

Needs ``PORTAL_TEST_POSTGRES_URL`` (its user must be allowed to create databases) and ``pg_dump``. A release that was
made is never made again.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from portal import __version__
from tests.releases import FOLDER, MIGRATIONS, POSTGRESQL, ROOT, SQLITE, migrations

STEPS = (["manage.py", "migrate"], ["manage.py", "portal_demo"], ["-m", "tests.releases.visit"])


def fill(url: str) -> None:
    """Let the demo use a new database."""
    for step in STEPS:
        environment = os.environ | {
            "DATABASE_URL": url,
            "PORTAL_DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        subprocess.run([sys.executable, *step], cwd=ROOT, env=environment, check=True)


def sqlite(folder: Path) -> bytes:
    """Return a file of SQLite, whole in itself."""
    fill(f"sqlite:///{folder / 'portal.sqlite3'}")
    with_log = f"file:{folder / 'portal.sqlite3'}"
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1], uri=True).execute('VACUUM INTO ?', sys.argv[2:])"
    subprocess.run([sys.executable, "-c", script, with_log, str(folder / "whole.sqlite3")], check=True)
    return (folder / "whole.sqlite3").read_bytes()


def postgresql(server: str, name: str) -> bytes:
    """Return a dump in plain SQL that any client can run."""
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            fill(url)
            command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", url]
            dump = subprocess.run(command, check=True, capture_output=True).stdout
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    return b"\n".join(line for line in dump.split(b"\n") if not line.startswith((b"\\", b"SET transaction_timeout")))


def main() -> None:
    release = FOLDER / __version__
    release.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        made = {
            SQLITE: sqlite(Path(folder)),
            POSTGRESQL: postgresql(os.environ["PORTAL_TEST_POSTGRES_URL"], f"release_{__version__}"),
        }
    for name, content in made.items():
        (release / name).write_bytes(gzip.compress(content, mtime=0))
    listed = "".join(f"{digest}  {path}\n" for path, digest in migrations().items())
    (release / MIGRATIONS).write_text(listed, encoding="ascii")


if __name__ == "__main__":
    main()
