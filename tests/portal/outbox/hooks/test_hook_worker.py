"""The worker sends events: killed at any moment, it loses none, repeats few under their ids, and keeps the order."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.db import connection

from portal.lib import clock as portal_clock
from portal.outbox.hooks import sending
from portal.outbox.models import HookDelivery, HookState
from tests import factories, notices
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.factories import Person
from tests.hook_receiver import SECRET, FirmSystem, tell
from tests.portal.outbox.test_worker import handlers_stay  # noqa: F401  a fixture
from tests.processes import PATIENCE, wait_for
from tests.races import ROUNDS

pytestmark = pytest.mark.promise("FIRM-4")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_again_and_again_loses_no_event_and_keeps_the_order(
    books: FirmSystem, settings: object, tmp_path: object
) -> None:
    users = [factories.customer(f"user{number}").user for number in range(3)]
    for user in users:
        tell(user, 10 * ROUNDS)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_HOOK_URLS": books.url,
        "PORTAL_HOOK_HOSTS": ",".join(settings.PORTAL_HOOK_HOSTS),
        "PORTAL_HOOK_SECRETS": SECRET,
        "TEST_AUTHORITY": sending.network.authority,
    }
    command = [sys.executable, "-m", "tests.hook_worker"]

    for killed in range(ROUNDS):
        worker = subprocess.Popen(command, cwd=installed.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
        goal = min(len(books.kept) + 5 + killed, 30 * ROUNDS)
        wait_for(lambda goal=goal: len(books.kept) >= goal, alive=worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        HookDelivery.objects.exclude(lease_until=None).update(lease_until=portal_clock.now())  # as time would
    worker = subprocess.Popen(command, cwd=installed.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    wait_for(lambda: not HookDelivery.objects.exclude(state=HookState.SENT).exists(), alive=worker)
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=PATIENCE) == 0
    assert len(books.taken) - len(books.kept) <= ROUNDS
    for user in users:
        assert books.sequences(user.username) == list(range(1, 10 * ROUNDS + 1))


@pytest.mark.django_db
def test_one_round_sends_events_and_notices(
    ada: Person, systems: list[FirmSystem], clock: Clock, mailoutbox: list[object]
) -> None:
    tell(ada.user, 2)
    notices.email(ada.user, now=clock.now)

    call_command("portal_worker", "--once")

    assert [system.sequences("ada") for system in systems] == [[1, 2], [1, 2]]
    assert len(mailoutbox) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_does_not_answer_holds_up_no_mail(
    books: FirmSystem, settings: object, mailoutbox: list[object]
) -> None:
    settings.PORTAL_HOOK_TIMEOUT_SECONDS = 60
    ada, arrived = factories.customer("ada"), []

    def answer_only_after_a_mail(_request: object) -> None:
        notices.email(ada.user, now=portal_clock.now())
        connection.close()
        end = time.monotonic() + settings.PORTAL_HOOK_TIMEOUT_SECONDS / 2
        while not mailoutbox and time.monotonic() < end:
            time.sleep(0.02)
        arrived.append(len(mailoutbox))
        os.kill(os.getpid(), signal.SIGTERM)

    books.behaviour = answer_only_after_a_mail
    tell(ada.user)

    call_command("portal_worker")

    assert arrived == [1]
