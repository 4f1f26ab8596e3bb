"""Database triggers that refuse what our code must never do.

Each is plain SQL per vendor. They are dropped before migrations and the tests' table flushes and
installed again afterwards, since SQLite silently loses triggers when a table is rebuilt.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, UniqueConstraint

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


def append_only(model: type[Model], *, unless: str = "", but: str = "") -> list[Trigger]:
    """Return triggers that refuse UPDATE, DELETE, TRUNCATE and replacement of the rows of a table.

    ``unless``: SQL of the rows that may be deleted, about OLD; ``but``: of the changes that may be made, OLD and NEW.
    """
    message = f"{model._meta.db_table} is append-only"
    return [_refusing(model, "UPDATE", message, unless=but), *kept(model, message, unless=unless)]


def kept(model: type[Model], message: str, *, unless: str = "") -> list[Trigger]:
    """Return triggers that refuse DELETE, TRUNCATE and replacement; rows may change. ``unless``: as above."""
    delete = _refusing(model, "DELETE", message, unless=unless)
    return [delete, _refusing(model, "TRUNCATE", message), *_not_replaced(model)]


def refusing_if(name: str, table: str, when: str, condition: str, message: str) -> Trigger:
    """Return a trigger that refuses a row that meets a condition; ``when``: for example "BEFORE UPDATE".

    On PostgreSQL the condition is inside a function, where it may read other tables and where the database
    stores it word for word, so that ``missing`` can compare it.
    """
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '23514'; END IF; "
        f"RETURN {'OLD' if 'DELETE' in when else 'NEW'}; END $$"
    )
    return Trigger(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ),
        postgresql=(function, f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"),
    )


def _refusing(model: type[Model], verb: str, message: str, *, unless: str = "") -> Trigger:
    """Return the trigger that refuses a verb, outright or unless the row is such; SQLite has no TRUNCATE."""
    table = model._meta.db_table
    name = f"{table}_no_{verb.lower()}"
    if unless:
        return refusing_if(name, table, f"BEFORE {verb}", f"NOT ({unless})", message)
    each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    sqlite = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    postgresql = (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION portal_refuse('{message}')"
    )
    return Trigger(name, table, () if verb == "TRUNCATE" else (sqlite,), (postgresql,))


def _not_replaced(model: type[Model]) -> list[Trigger]:
    """Return triggers against SQLite's OR REPLACE, which deletes conflicting rows without running DELETE triggers.

    They check every unique key that the model declares. PostgreSQL has no such statement.
    """
    if connection.vendor != "sqlite":
        return []
    table, pk = model._meta.db_table, model._meta.pk.column
    same = " OR ".join(f"({' AND '.join(parts)})" for parts in _in_the_way(model))
    conditions = {"INSERT": f"({same})", "UPDATE": f"{pk} <> OLD.{pk} AND ({same})"}
    return [
        Trigger(
            name=f"{table}_no_replace_{verb.lower()}",
            table=table,
            sqlite=(
                f"CREATE TRIGGER {table}_no_replace_{verb.lower()} BEFORE {verb} ON {table} "  # noqa: S608  constants of ours
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {condition}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is never replaced'); END",
            ),
            postgresql=(),
        )
        for verb, condition in conditions.items()
    ]


def _in_the_way(model: type[Model]) -> Iterator[list[str]]:
    """Yield, for each unique key of a table, the conditions of a row that NEW would replace."""
    for columns, condition in unique_keys(model):
        same = [f"{column} = NEW.{column}" for column in columns]
        yield [*same, condition, re.sub(r'"(\w+)"', r"NEW.\1", condition)] if condition else same


def unique_keys(model: type[Model]) -> Iterator[tuple[list[str], str]]:
    """Yield every unique key of a table: its columns, and the condition of a partial key, else an empty text."""
    meta = model._meta
    columns = {field.name: str(field.column) for field in meta.concrete_fields}
    yield from (([columns[field.name]], "") for field in meta.concrete_fields if field.unique)
    yield from (([columns[name] for name in names], "") for names in meta.unique_together)
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [columns[name] for name in constraint.fields], _condition_of(constraint, model)


def _condition_of(constraint: UniqueConstraint, model: type[Model]) -> str:
    """Return the condition of a partial key as Django writes it into the index."""
    if constraint.condition is None:
        return ""
    return f"({constraint._get_condition_sql(model, connection.schema_editor())})"  # type: ignore[attr-defined]  # noqa: SLF001


_REGISTERED: list[Trigger] = []


def register(triggers: Iterable[Trigger]) -> None:
    """Register triggers of an app; called once from its ``ready()``."""
    _REGISTERED.extend(trigger for trigger in triggers if trigger not in _REGISTERED)


def install() -> None:
    """Create every registered trigger that is missing or altered, if its table exists."""
    tables = set(connection.introspection.table_names())
    present, wanting = installed(), missing()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_BLOCK_FUNCTION)
        for trigger in _REGISTERED:
            if trigger.table in tables and trigger.name in wanting:
                if trigger.name in present:
                    _drop(trigger, cursor)
                for statement in _statements(trigger):
                    cursor.execute(statement)


def remove() -> None:
    """Drop every registered trigger that exists."""
    present = installed()
    with connection.cursor() as cursor:
        for trigger in _REGISTERED:
            if trigger.name in present:
                _drop(trigger, cursor)


def _drop(trigger: Trigger, cursor: CursorWrapper) -> None:
    on_table = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER {trigger.name}{on_table}")


_INSTALLED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    # The trigger and the body of its function; a disabled one counts as altered.
    "postgresql": (
        "SELECT t.tgname, CASE t.tgenabled WHEN 'O' THEN pg_get_triggerdef(t.oid, true) ELSE '' END || p.prosrc "
        "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
    ),
}


def installed() -> dict[str, str]:
    """Return all triggers in the database by name, each with its text as stored there."""
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED[connection.vendor])
        return dict(cursor.fetchall())


def missing() -> set[str]:
    """Return the names of registered triggers that are missing or altered."""
    present = installed()
    return {
        trigger.name for trigger in _REGISTERED if _statements(trigger) and present.get(trigger.name) != _text(trigger)
    }


def _text(trigger: Trigger) -> str:
    """Return the text of a trigger as the database should store it."""
    *functions, created = _statements(trigger)
    if connection.vendor == "sqlite":
        return created
    body = (functions or [_BLOCK_FUNCTION])[0].split("$$")[1]
    return created + body


def _statements(trigger: Trigger) -> tuple[str, ...]:
    return trigger.sqlite if connection.vendor == "sqlite" else trigger.postgresql
