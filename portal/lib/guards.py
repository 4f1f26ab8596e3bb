"""Database guards: triggers that refuse what no code of ours may do.

A guard is plain SQL per vendor. They are dropped before migrations and tests' table flushes and
installed again after, since SQLite loses triggers silently when a table is rebuilt.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

_BLOCK_FUNCTION = """
    CREATE OR REPLACE FUNCTION portal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = '23514'; END $$
"""


@dataclass(frozen=True)
class Guard:
    """One trigger: its name, its table, and how it is created on each vendor."""

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


def append_only(table: str) -> list[Guard]:
    """Return guards that refuse UPDATE, DELETE and TRUNCATE of a table."""
    message = f"{table} is append-only"
    guards = [
        Guard(
            name=f"{table}_no_{verb.lower()}",
            table=table,
            sqlite=(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            ),
            postgresql=(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION portal_refuse('{message}')",
            ),
        )
        for verb in ("UPDATE", "DELETE")
    ]
    truncate = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse('{message}')"
    )
    return [*guards, Guard(f"{table}_no_truncate", table, (), (truncate,))]


_GUARDS: list[Guard] = []


def register(guards: Iterable[Guard]) -> None:
    """Add guards of an app; called once from its ``ready()``."""
    _GUARDS.extend(guard for guard in guards if guard not in _GUARDS)


def install() -> None:
    """Create every registered guard that is missing and whose table exists."""
    tables = set(connection.introspection.table_names())
    present = installed()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_BLOCK_FUNCTION)
        for guard in _GUARDS:
            if guard.table in tables and guard.name not in present:
                for statement in _statements(guard):
                    cursor.execute(statement)


def remove() -> None:
    """Drop every registered guard that is there."""
    present = installed()
    with connection.cursor() as cursor:
        for guard in _GUARDS:
            if guard.name in present:
                on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {guard.name}{on_table}")


def installed() -> set[str]:
    """Return the names of all triggers in the database."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def missing() -> set[str]:
    """Return the names of guards that should be there and are not."""
    return {guard.name for guard in _GUARDS if _statements(guard)} - installed()


def _statements(guard: Guard) -> tuple[str, ...]:
    return guard.sqlite if connection.vendor == "sqlite" else guard.postgresql
