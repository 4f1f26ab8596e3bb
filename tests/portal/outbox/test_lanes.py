"""What waits for what in the worker: a mail server that hangs holds up its own lane and nothing else."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from accounts import notice_kinds
from accounts.actions import push
from accounts.models.users import hash_of_username
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox import delivery
from portal.outbox.kinds import KINDS, ChannelName
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.reserve import reserve
from tests import factories, notices
from tests.accounts.test_push import asked, phone_of
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.factories import Person
from tests.processes import PATIENCE, wait_for

MAIL, URGENT = (delivery.Lane(ChannelName.EMAIL, is_urgent=urgent) for urgent in (False, True))


@pytest.mark.django_db
def test_each_notice_is_in_exactly_one_lane(ada: Person, clock: Clock) -> None:
    made = [notices.email(ada.user, kind, now=clock.now, dedupe=kind.name) for kind in KINDS.values() if kind.facts]
    Notice.objects.filter(pk=made[0].pk).update(kind="from_a_later_release")

    found = [set(Notice.objects.filter(lane.notices).values_list("pk", flat=True)) for lane in delivery.lanes()]

    assert sum(len(one) for one in found) == len(set.union(*found)) == len(made)


@pytest.mark.django_db
def test_what_somebody_waits_for_passes_the_rest(ada: Person, clock: Clock, mailoutbox: list) -> None:
    for number in range(5):
        notices.email(ada.user, notice_kinds.KEY_ADDED, now=clock.now, dedupe=f"n{number}")
    notices.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.move(seconds=1))

    assert delivery.deliver_due(lane=URGENT) == 1
    assert delivery.deliver_due(lane=MAIL, limit=2) == 2
    assert ["code" in message.subject for message in mailoutbox] == [True, False, False]


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A mail server that takes every connection and never says a word; its port."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
    for connection in held:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("KEY-2")
def test_a_mail_server_that_hangs_delays_neither_push_nor_timers(silent_server: int, tmp_path: Path) -> None:
    person, now = factories.customer("ada"), portal_clock.now()
    notices.email(person.user, notice_kinds.NEW_DEVICE, now=now)
    notices.email(person.user, notice_kinds.KEY_ADDED, now=now)
    phone_of(person.user)
    push.announce(asked(person.user, now=now), now=now)
    for _ in range(settings.PORTAL_FAILURE_LIMIT):
        reserve(limits.PASSWORD.of(hash_of_username("ada"), scope="x"), now=now - timedelta(minutes=1))
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "PORTAL_MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "PORTAL_SMTP_HOST": "127.0.0.1",
        "PORTAL_SMTP_PORT": str(silent_server),
        "PORTAL_SMTP_TIMEOUT_SECONDS": "20",
        "PORTAL_NOTICE_LEASE_SECONDS": "300",
        "PORTAL_PUSH_DIR": str(tmp_path),
    }
    worker = subprocess.Popen([sys.executable, "manage.py", "portal_worker"], cwd=settings.BASE_DIR, env=environment)
    try:
        wait_for(lambda: Notice.objects.filter(channel=ChannelName.PUSH, state="sent").exists(), alive=worker)
        wait_for(lambda: SecurityEvent.objects.filter(subject=person.user, action="paused").exists(), alive=worker)
        assert not Notice.objects.filter(channel=ChannelName.EMAIL).exclude(state="due").exists()
    finally:
        worker.terminate()
        assert worker.wait(timeout=PATIENCE) == 0
