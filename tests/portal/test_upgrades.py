"""A database of each release, brought to where the code is now; and what may be done to it on the way."""

import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Now
from django.db.utils import ConnectionHandler

from portal import __version__
from tests.accounts.test_races import database_url
from tests.releases import MIGRATIONS, POSTGRESQL, SQLITE, migrations, releases

NAMES = [folder.name for folder in releases()]


@pytest.fixture(params=releases(), ids=NAMES)
def old(request: pytest.FixtureRequest, tmp_path: Path, db: None) -> Iterator[str]:
    """The database of a release, of the kind that the tests run on; its URL."""
    if connection.vendor == "sqlite":
        (tmp_path / "old.sqlite3").write_bytes(gzip.decompress((request.param / SQLITE).read_bytes()))
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    name = f"upgrade_{os.getpid()}"
    here = database_url()
    url = f"{here.rpartition('/')[0]}/{name}"
    with psycopg.connect(here, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(url, autocommit=True) as made:
                made.execute(gzip.decompress((request.param / POSTGRESQL).read_bytes()))
            yield url
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(url: str, *command: str) -> str:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shape(of: BaseDatabaseWrapper) -> dict[str, object]:
    """Return every table with its columns and constraints, by what they are rather than by their made-up names."""
    found: dict[str, object] = {}
    with of.cursor() as cursor:
        for table in sorted(of.introspection.table_names(cursor)):
            columns = of.introspection.get_table_description(cursor, table)
            constraints = of.introspection.get_constraints(cursor, table).values()
            kinds = ("primary_key", "unique", "index", "check", "foreign_key")
            found[table] = (
                sorted((column.name, str(column.type_code), column.null_ok) for column in columns),
                sorted(str((sorted(one["columns"] or []), [one[kind] for kind in kinds])) for one in constraints),
            )
    return found


def test_a_database_of_every_release_is_upgraded_and_works(old: str) -> None:
    run(old, "manage.py", "migrate")
    run(old, "manage.py", "check", "--fail-level", "WARNING")

    upgraded = ConnectionHandler({"default": dj_database_url.parse(old)})["default"]
    try:
        assert shape(upgraded) == shape(connection)
    finally:
        upgraded.close()
    assert "The record is whole." in run(old, "manage.py", "portal_audit", "verify")
    assert run(old, "-m", "tests.releases.visit").splitlines()[-2:] == ["Hello Ada", "Claims: 2"]


def test_this_version_is_in_the_changes_and_has_its_databases() -> None:
    changes = (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)[0] == __version__ == NAMES[-1]


def listed(folder: Path) -> dict[str, str]:
    lines = (folder / MIGRATIONS).read_text(encoding="ascii").splitlines()
    return {path: digest for digest, path in (line.split() for line in lines)}


@pytest.mark.parametrize("release", releases(), ids=NAMES)
def test_a_released_migration_is_never_rewritten(release: Path) -> None:
    now = migrations()

    assert {path: now.get(path) for path in listed(release)} == listed(release)


def breaks_the_old_program(operation: Operation) -> bool:
    """Tell whether the release before could not go on beside it: a name it uses goes, or a column it does not fill."""
    if isinstance(operation, operations.RenameField | operations.RenameModel | operations.AlterModelTable):
        return True
    if not isinstance(operation, operations.AddField):
        return False
    field = operation.field
    filled = field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED
    return not filled


@pytest.mark.parametrize(
    ("operation", "breaks"),
    [
        (operations.RenameField("user", "email", "mail"), True),
        (operations.AddField("user", "nickname", models.CharField(max_length=8, default="")), True),
        (operations.AddField("user", "nickname", models.CharField(max_length=8, db_default="")), False),
        (operations.AddField("user", "seen_at", models.DateTimeField(null=True)), False),
        (operations.AddField("user", "made_at", models.DateTimeField(db_default=Now())), False),
    ],
)
def test_what_would_break_the_program_that_still_runs_is_known(operation: Operation, breaks: bool) -> None:
    assert breaks_the_old_program(operation) is breaks


def test_no_new_migration_breaks_the_release_that_still_runs() -> None:
    loader = MigrationLoader(None)
    released = set(listed(releases()[-1]))
    own = {
        path: loader.disk_migrations[Path(path).parts[-3], Path(path).stem]
        for path in migrations()
        if path not in released
    }

    assert [path for path, new in own.items() if any(map(breaks_the_old_program, old_tables(new)))] == []


def old_tables(migration: Migration) -> list[Operation]:
    """Return what a migration does to tables that it does not make itself."""
    made = {one.name_lower for one in migration.operations if isinstance(one, operations.CreateModel)}
    return [one for one in migration.operations if getattr(one, "model_name_lower", "") not in made]
