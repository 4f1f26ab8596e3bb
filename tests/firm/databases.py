"""Empty databases of the kind that the tests run on, each with the two roles of docs/how-to/install.md."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from tests.conftest import missing

_MAY_MAKE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_GRANTS = re.compile(r"```sql\n(.+?)```", re.DOTALL)


@dataclass
class Database:
    """One database: as the role that owns it, and as the one that the portal runs as."""

    owner: str  # a URL
    portal: str  # another one; the same on SQLite, which knows no roles
    role: str = ""

    def grant(self) -> None:
        """Run what the documents say after a migration, for the role of this installation."""
        if self.role:
            documented = (Path(settings.BASE_DIR) / "docs/how-to/install.md").read_text(encoding="utf-8")
            statements = re.sub(r" (TO|FROM) portal;", rf" \1 {self.role};", _GRANTS.search(documented)[1])
            with psycopg.connect(self.owner, autocommit=True) as server:
                server.execute(statements)


@contextmanager
def empty_database(folder: Path) -> Iterator[Database]:
    """Make an empty database beside that of the tests; it is gone at the end."""
    if not settings.DATABASE_URL.startswith("postgres"):
        url = f"sqlite:///{folder / 'portal.sqlite3'}"
        yield Database(url, url)
        return
    name, password = f"firm_{os.getpid()}", secrets.token_hex(16)
    here = urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}")
    as_portal = here._replace(netloc=f"{name}:{password}@{here.netloc.rpartition('@')[2]}")
    with psycopg.connect(here._replace(path="/postgres").geturl(), autocommit=True) as server:
        (may_make_roles,) = server.execute(_MAY_MAKE_ROLES).fetchone()
        if not may_make_roles:
            missing("The right to create roles in PostgreSQL")
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        try:
            server.execute(f"CREATE DATABASE {name}")
            yield Database(here.geturl(), as_portal.geturl(), name)
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"DROP ROLE {name}")
