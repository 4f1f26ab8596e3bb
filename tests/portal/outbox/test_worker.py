"""The worker: delivers and runs the periodic tasks, survives a database that is away, stops when told."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from portal.lib import clock as portal_clock
from portal.outbox import periodic_tasks
from portal.outbox.management.commands.portal_worker import stopping
from portal.outbox.models import Notice
from tests import factories, notices
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.factories import Person
from tests.processes import PATIENCE, wait_for


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

    monkeypatch.setitem(periodic_tasks._TASKS, "stumble", stumble)
    notices.email(factories.customer("ada").user, now=clock.now)

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
    notices.email(person.user, now=portal_clock.now())
    wait_for(Notice.objects.filter(state="sent").exists, alive=worker)

    worker.send_signal(name)

    assert worker.wait(timeout=PATIENCE) == 0


def test_a_second_signal_in_the_middle_of_the_first_does_not_hold_the_worker() -> None:
    class Interrupted(threading.Event):
        sets = 0

        def set(self) -> None:
            self.sets += 1
            handler(signal.SIGINT, None)
            super().set()

    stop = Interrupted()
    handler = stopping(stop)

    handler(signal.SIGTERM, None)

    assert (stop.sets, stop.is_set()) == (1, True)


@pytest.mark.django_db
def test_a_periodic_task_that_fails_stops_neither_the_others_nor_the_post(
    ada: Person, clock: Clock, mailoutbox: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(
        periodic_tasks, "_TASKS", {"bad": lambda now: 1 // 0, "good": lambda now: len(calls.append(now) or "")}
    )
    notices.email(ada.user, now=clock.now)

    call_command("portal_worker", "--once")

    assert len(mailoutbox) == 1
    assert calls


def test_all_periodic_tasks_run_and_what_they_did_is_added_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic_tasks, "_TASKS", {})
    seen = []
    periodic_tasks.register("one", lambda now: seen.append(now) or 2)
    periodic_tasks.register("two", lambda now: seen.append(now) or 3)

    assert periodic_tasks.run_all(clock.now) == 5
    assert seen == [clock.now, clock.now]
