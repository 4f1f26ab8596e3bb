"""The worker: delivers and runs the timers, survives a database that is away, stops when told."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from accounts.actions import notices
from accounts.models import Notice
from portal.lib import clock as portal_clock
from portal.lib import periodic_tasks
from tests import factories
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.factories import Person


@pytest.fixture(autouse=True)
def handlers_stay() -> None:
    """Give the handlers of the signals back after a worker has set its own."""
    kept = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


@pytest.mark.django_db
def test_one_round_delivers_and_tells_owners_of_pauses(ada: Person, clock: Clock, mailoutbox: list[object]) -> None:
    for _ in range(5):
        factories.type_password(Client(), "ada", "wrong")
    clock.move(seconds=30)

    call_command("portal_worker", "--once")

    assert [message.to for message in mailoutbox] == [["ada@example.test"]]
    assert "paused" in mailoutbox[0].subject


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]
) -> None:
    faults = [OperationalError("away")]

    def stumble(now: object) -> int:
        if faults:
            raise faults.pop()
        return 0

    monkeypatch.setitem(periodic_tasks._TICKS, "stumble", stumble)
    notices.tell(factories.customer("ada").user, "code", now=clock.now, code="1")

    call_command("portal_worker", "--once")
    call_command("portal_worker", "--once")

    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_finishes_what_it_holds_and_stops(name: signal.Signals, tmp_path: object) -> None:
    person = factories.customer("ada")
    environment = os.environ | {"DATABASE_URL": database_url(), "PORTAL_MAIL_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "portal_worker"]
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    notices.tell(person.user, "code", now=portal_clock.now(), code="1")
    end = time.monotonic() + 30
    while not Notice.objects.filter(state="sent").exists():
        assert time.monotonic() < end
        time.sleep(0.05)

    worker.send_signal(name)

    assert worker.wait(timeout=10) == 0
