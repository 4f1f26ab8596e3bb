"""SQLite's OR REPLACE deletes what is in its way without asking triggers of DELETE: here, through no unique key."""

import sqlite3

import pytest
from django.apps import apps
from django.db import connection

from portal.audit.models import ChainStart
from portal.lib import db_triggers
from recovery.actions import timers
from recovery.enums import FlagKind, Severity
from recovery.models import Flag

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows OR REPLACE"),
    pytest.mark.django_db(transaction=True),
]
_TABLES = {guard.table for guard in db_triggers._REGISTERED if "_no_" in guard.name}
GUARDED = [model for model in apps.get_models() if model._meta.db_table in _TABLES]
# What makes a row stand under the partial keys of its table.
UNDER_ALL_KEYS = {
    "recovery_case": "state = 'open'",
    "recovery_decision": "outcome = 'pending'",
    "recovery_recoverygrant": "used_at = NULL, revoked_at = NULL",
}


@pytest.fixture
def intruder(clock, walk):
    """A connection that knows nothing of our settings, with a row in every guarded table; the guards against
    replacement are alone: what the others refuse as well is not their merit."""
    walk.ready(clock).started().opened_grant().completed()
    timers.tick(clock.now)
    ChainStart.objects.create(chain="user:0", n=1, digest="0" * 64, signed={})
    Flag.objects.create(case=walk.case, kind=FlagKind.COMPETING, severity=Severity.AMBER, at=clock.now)
    raw = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    raw.row_factory = sqlite3.Row
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("PRAGMA ignore_check_constraints = ON")
    for name in db_triggers.installed():
        if "_no_replace_" not in name:
            raw.execute(f"DROP TRIGGER {name}")
    yield raw
    raw.execute("ROLLBACK")
    raw.close()


def elsewhere(raw: sqlite3.Connection, model: type, *, kept: frozenset = frozenset()) -> dict:
    """A row like the first one, with other values in every column of a unique key, except the ``kept`` ones."""
    table = model._meta.db_table
    raw.execute(f"UPDATE {table} SET {UNDER_ALL_KEYS[table]}") if table in UNDER_ALL_KEYS else None
    row = dict(raw.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 1").fetchone())
    for column in {column for columns, _ in db_triggers.unique_keys(model) for column in columns} - kept:
        row[column] = f"{row[column]}x" if isinstance(row[column], str) else (row[column] or 0) + 1_000_000
    return row


def insert(raw: sqlite3.Connection, table: str, row: dict, how: str = "INSERT") -> None:
    raw.execute(f"{how} INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_no_row_is_replaced_through_any_unique_key(intruder, model):
    table = model._meta.db_table
    twin = elsewhere(intruder, model)
    first = dict(intruder.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 1").fetchone())
    insert(intruder, table, twin)
    before = intruder.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    for columns, _condition in db_triggers.unique_keys(model):
        with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
            insert(intruder, table, elsewhere(intruder, model, kept=frozenset(columns)), "INSERT OR REPLACE")
        taken = ", ".join(f"{column} = :{column}" for column in columns)
        with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
            intruder.execute(f"UPDATE OR REPLACE {table} SET {taken} WHERE id = {twin['id']}", first)

    assert intruder.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == before


def indexed(table: str) -> list[tuple[str, ...]]:
    """The unique keys as SQLite itself knows them, beside the id."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_index_list('{table}') WHERE \"unique\"")
        names = [name for (name,) in cursor.fetchall()]
        keys = []
        for name in names:
            cursor.execute(f"SELECT name FROM pragma_index_info('{name}')")
            keys.append(tuple(column for (column,) in cursor.fetchall()))
    return sorted(keys)


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_the_triggers_know_every_unique_key_that_the_database_has(db, model):
    known = sorted(tuple(columns) for columns, _condition in db_triggers.unique_keys(model))

    assert known == sorted([("id",), *indexed(model._meta.db_table)])


def test_every_table_of_the_record_is_guarded(db):
    partial = {condition for model in GUARDED for _columns, condition in db_triggers.unique_keys(model) if condition}

    assert len(GUARDED) == 13
    assert len(partial) == 4
