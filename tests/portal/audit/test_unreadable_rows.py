"""SQLite keeps whatever raw SQL writes into a column. Whatever it is, verifying goes on and names the row."""

import io
import sqlite3

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.enums import Action
from portal.audit.models import ChainHead, SecurityEvent
from portal.audit.record import record
from portal.lib import db_triggers

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps no value of another kind"),
    pytest.mark.django_db(transaction=True),
]
DEEP = "[" * 2000 + "]" * 2000
BROKEN = [
    ("at", "yesterday"),
    ("at", "2026-13-45 00:00:00"),
    ("at", 5),
    ("at", b"\xff"),
    ("at", "0001-01-01 00:00:00+14:00"),
    ("at", None),
    ("facts", DEEP),
    ("facts", b"\xff"),
    ("facts", None),
    ("n", "three"),
    ("n", 2.5),
    ("n", b"3"),
    ("n", None),
    ("chain", b"user:1"),
    ("chain", None),
    ("action", b"\xff\xfe"),
    ("digest", b"0"),
    ("digest", None),
    ("prev", b"0"),
    ("actor_id", "nobody"),
    ("version", "one"),
    ("key_id", None),
]


@pytest.fixture
def attack(ada, clock):
    """Three events, the triggers off, and a way to write anything anywhere, NULL and invalid text included."""
    with transaction.atomic():
        for _ in range(3):
            record(Action.SIGNED_OUT, by=ada.user, on=ada.user, now=clock.now)
    db_triggers.remove()
    raw = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute(
        "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name LIKE 'audit_%' AND type = 'table'"
    )
    raw.close()
    raw = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    connection.close()
    yield raw.execute
    raw.close()
    db_triggers.install()


def verify() -> str:
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"The record has \d+ fault"):
        call_command("portal_audit", "verify", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(("column", "value"), BROKEN, ids=[f"{c}={str(v)[:20]!r}" for c, v in BROKEN])
def test_an_event_that_cannot_be_read_is_named_and_the_others_are_verified(attack, ada, column, value):
    row = SecurityEvent.objects.get(n=2).pk

    attack(f"UPDATE audit_securityevent SET {column} = ? WHERE id = ?", (value, row))
    attack("UPDATE audit_securityevent SET request_id = 'x' WHERE n = 3 AND id <> ?", (row,))

    found = verify()
    assert f"audit_securityevent, row {row}: " in found
    assert "cannot be read" in found
    assert f"user:{ada.user.pk}: event 3 was altered" in found


@pytest.mark.parametrize("text", ["{broken", "[]", '{"a": NaN}', "0.5"])
def test_facts_that_are_no_json_or_other_json_are_an_alteration(attack, ada, text):
    attack("UPDATE audit_securityevent SET facts = ? WHERE n = 2", (text,))

    assert f"user:{ada.user.pk}: event 2 was altered" in verify()


@pytest.mark.parametrize(("column", "value"), [("n", "x"), ("digest", b"\xff"), ("chain", None), ("digest", None)])
def test_a_head_that_cannot_be_read_is_named(attack, column, value):
    row = ChainHead.objects.get().pk

    attack(f"UPDATE audit_chainhead SET {column} = ?", (value,))

    assert f"audit_chainhead, row {row}: " in verify()


def test_an_export_stops_at_a_row_that_cannot_be_read_and_names_it(attack):
    row = SecurityEvent.objects.get(n=2).pk
    attack("UPDATE audit_securityevent SET at = 'yesterday' WHERE id = ?", (row,))

    with pytest.raises(CommandError, match=f"audit_securityevent, row {row}: "):
        call_command("portal_audit", "export", stdout=io.StringIO())
