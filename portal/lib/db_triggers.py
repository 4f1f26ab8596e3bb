"""Database guards: triggers that refuse what no code of ours may do.

A guard is plain SQL per vendor. They are dropped before migrations and tests' table flushes and
installed again after, since SQLite loses triggers silently when a table is rebuilt.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

_BLOCK_FUNCTION = """
    CREATE OR REPLACE FUNCTION portal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = '23514'; END $$
"""


@dataclass(frozen=True)
class Trigger:
    """One trigger: its name, its table, and how it is created on each vendor."""

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


def not_replaced(table: str, *keys: tuple[str, ...]) -> Trigger:
    """Return a guard that refuses a row whose id, or another unique key, is there already.

    SQLite's INSERT OR REPLACE deletes the row in the way without asking the triggers of DELETE. PostgreSQL has
    nothing of the kind.
    """
    same = " OR ".join("(" + " AND ".join(f"{c} = NEW.{c}" for c in key) + ")" for key in (("id",), *keys))
    name = f"{table}_no_replace"
    statement = (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "  # noqa: S608  constants of ours
        f"BEGIN SELECT RAISE(ABORT, '{table} is never replaced'); END"
    )
    return Trigger(name, table, (statement,), ())


def append_only(table: str, *keys: tuple[str, ...]) -> list[Trigger]:
    """Return guards that refuse UPDATE, DELETE, TRUNCATE and replacement of rows; ``keys``: other unique keys."""
    message = f"{table} is append-only"
    guards = [
        Trigger(
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
    return [*guards, not_replaced(table, *keys), Trigger(f"{table}_no_truncate", table, (), (truncate,))]


_GUARDS: list[Trigger] = []


def register(guards: Iterable[Trigger]) -> None:
    """Add guards of an app; called once from its ``ready()``."""
    _GUARDS.extend(guard for guard in guards if guard not in _GUARDS)


def install() -> None:
    """Create every registered guard that is missing or was altered and whose table exists."""
    tables = set(connection.introspection.table_names())
    present, wanting = installed(), missing()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_BLOCK_FUNCTION)
        for guard in _GUARDS:
            if guard.table in tables and guard.name in wanting:
                if guard.name in present:
                    _drop(guard, cursor)
                for statement in _statements(guard):
                    cursor.execute(statement)


def remove() -> None:
    """Drop every registered guard that is there."""
    present = installed()
    with connection.cursor() as cursor:
        for guard in _GUARDS:
            if guard.name in present:
                _drop(guard, cursor)


def _drop(guard: Trigger, cursor: CursorWrapper) -> None:
    on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER {guard.name}{on_table}")


_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    # The trigger, and the body of what it calls; one that is switched off counts as altered.
    "postgresql": (
        "SELECT t.tgname, CASE t.tgenabled WHEN 'O' THEN pg_get_triggerdef(t.oid, true) ELSE '' END || p.prosrc "
        "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
    ),
}


def installed() -> dict[str, str]:
    """Return the names of all triggers in the database, each with its text as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor])
        return dict(cursor.fetchall())


def missing() -> set[str]:
    """Return the names of guards that should be there and are not, or are not as we wrote them."""
    present = installed()
    return {guard.name for guard in _GUARDS if _statements(guard) and present.get(guard.name) != _text(guard)}


def _text(guard: Trigger) -> str:
    """Return what the database should hold of a guard."""
    *functions, trigger = _statements(guard)
    if connection.vendor == "sqlite":
        return trigger
    body = (functions or [_BLOCK_FUNCTION])[0].split("$$")[1]
    return trigger + body


def _statements(guard: Trigger) -> tuple[str, ...]:
    return guard.sqlite if connection.vendor == "sqlite" else guard.postgresql
