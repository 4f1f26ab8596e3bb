"""Guards in the database: what no code of ours may do, the database refuses."""

from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.enums import Action
from portal import checks
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.lib import db_triggers
from tests.factories import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def an_event(ada: Person) -> SecurityEvent:
    with transaction.atomic():
        return record(Action.PAUSED, by=None, on=ada.user, now=timezone.now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_securityevent SET action = 'other'",
        "UPDATE audit_securityevent SET id = id",
        "DELETE FROM audit_securityevent",
        "DELETE FROM audit_securityevent WHERE n = 1",
        "INSERT INTO audit_securityevent SELECT * FROM audit_securityevent",
    ],
)
def test_the_record_takes_no_change_and_no_loss(an_event: SecurityEvent, statement: str):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(SecurityEvent.objects.values_list("pk", "action")) == [(an_event.pk, "paused")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows OR REPLACE")
@pytest.mark.parametrize("number", ["id", "id + 1000"])
def test_the_record_takes_no_replacement(an_event: SecurityEvent, number: str):
    columns = [field.column for field in SecurityEvent._meta.concrete_fields if field.column not in {"id", "action"}]
    names = ", ".join(columns)
    statement = (
        f"INSERT OR REPLACE INTO audit_securityevent (id, action, {names}) "
        f"SELECT {number}, 'other', {names} FROM audit_securityevent"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(SecurityEvent.objects.values_list("pk", "action")) == [(an_event.pk, "paused")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has its own")
def test_a_trigger_that_was_emptied_is_missed_and_set_again():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_securityevent_no_update")
        cursor.execute(
            "CREATE TRIGGER audit_securityevent_no_update BEFORE UPDATE ON audit_securityevent BEGIN SELECT 1; END"
        )

    assert db_triggers.missing() == {"audit_securityevent_no_update"}
    db_triggers.install()
    assert db_triggers.missing() == set()


@pytest.mark.postgres
def test_a_trigger_that_was_emptied_or_switched_off_is_missed_and_set_again():
    emptied = (
        "CREATE OR REPLACE FUNCTION portal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    )
    for statement in (emptied, "ALTER TABLE audit_securityevent DISABLE TRIGGER audit_securityevent_no_update"):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert "audit_securityevent_no_update" in db_triggers.missing()

        db_triggers.install()
        assert db_triggers.missing() == set()


@pytest.mark.postgres
def test_the_record_takes_no_truncation(an_event: SecurityEvent):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_securityevent CASCADE")


def test_a_trigger_that_is_gone_is_missed_reported_and_set_again():
    name = min(db_triggers.installed())
    table = next(trigger.table for trigger in db_triggers._REGISTERED if trigger.name == name)
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on_table}")

    assert db_triggers.missing() == {name}
    assert [message.id for message in checks.triggers_are_installed()] == ["portal.W003"]

    db_triggers.install()
    assert db_triggers.missing() == set()
    assert checks.triggers_are_installed() == []


def test_setting_triggers_twice_changes_nothing():
    states = []
    for _ in range(3):
        db_triggers.install()
        states.append(db_triggers.installed())

    assert all(before == after for before, after in pairwise(states))


def test_every_registered_trigger_has_a_form_for_both_databases():
    assert all(
        trigger.sqlite and trigger.postgresql
        for trigger in db_triggers._REGISTERED
        if not trigger.name.endswith("_truncate") and "_no_replace_" not in trigger.name
    )
    assert all(trigger.postgresql or trigger.sqlite for trigger in db_triggers._REGISTERED)
