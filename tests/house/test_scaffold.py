"""The ground the tests stand on holds."""

import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.enums import Action
from accounts.models import User
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.lib import clock as portal_clock
from portal.lib import db_triggers
from tests import factories


def test_the_clock_stands_still_until_it_is_moved(clock):
    before = portal_clock.now()

    assert portal_clock.now() == before
    assert clock.move(minutes=15) == portal_clock.now()
    assert (portal_clock.now() - before).total_seconds() == 900


def test_no_test_reaches_another_machine():
    with pytest.raises(AssertionError, match="tried to look up"):
        socket.create_connection(("example.test", 443))
    with socket.socket() as handle, pytest.raises(AssertionError, match="tried to reach"):
        handle.connect(("192.0.2.1", 443))


def test_the_cast_can_sign_in(ada, client):
    answer = factories.sign_in(client, ada)

    assert answer.status_code == 302
    assert answer.url == reverse("home:dashboard")


def test_a_ready_made_session_is_a_real_one(ada):
    answer = factories.signed_in(ada).get(reverse("home:dashboard"))

    assert answer.status_code == 200


def test_an_adviser_has_forty_two_accounts_of_others(adviser):
    assert adviser.user.mandates.filter(role="adviser").count() == 42


def test_triggers_stand_during_a_test_and_a_flush_gets_past_them(transactional_db, ada):
    with transaction.atomic():
        record(Action.PAUSED, by=None, on=ada.user, now=portal_clock.now())

    assert db_triggers.missing() == set()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SecurityEvent.objects.update(action="changed")


def test_the_test_before_left_nothing_behind_but_the_triggers(transactional_db):
    assert User.objects.count() == SecurityEvent.objects.count() == 0
    assert db_triggers.missing() == set()


def test_the_database_is_one_that_other_processes_can_open():
    name = connection.settings_dict["TEST"]["NAME"] or connection.settings_dict["NAME"]

    assert "memory" not in str(name)


KEYS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY")


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("given", ["published", "x" * 31])
def test_a_real_installation_does_not_start_with_a_secret_that_anybody_knows(name: str, given: str):
    published = getattr(settings, "SECRET_KEY" if name == "SECRET_KEY" else f"PORTAL_{name}")
    own = {f"PORTAL_{key}": "x" * 50 for key in KEYS} | {"PORTAL_DEBUG": "0"}
    environment = own | {f"PORTAL_{name}": published if given == "published" else given}

    done = subprocess.run(
        [sys.executable, "-c", "import portal.settings"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"ImproperlyConfigured: PORTAL_{name} " in done.stderr


def test_a_missing_secret_stops_the_start_with_a_sentence():
    command = [sys.executable, "manage.py", "check"]

    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env={"PORTAL_DEBUG": "0"}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "PORTAL_SECRET_KEY (or PORTAL_SECRET_KEY_FILE) must be set." in done.stderr
