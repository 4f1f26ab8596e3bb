"""Delivery: everything arrives, nothing twice, whatever happens to the worker."""

import contextlib
import email
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts import notice_kinds
from portal.lib import clock as portal_clock
from portal.outbox import delivery
from portal.outbox.models import Notice
from tests import factories, notices
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.factories import Person
from tests.processes import PATIENCE, wait_for
from tests.races import ROUNDS

pytestmark = pytest.mark.django_db


class Mailbox:
    """A mail store as readers have one: a message it already holds (same Message-ID) is not filed again."""

    def __init__(self) -> None:
        self.filed: dict[str, Message] = {}
        self.accepted = Counter()
        self.lock = threading.Lock()

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content)
        with self.lock:
            self.accepted[message["Message-ID"]] += 1
            self.filed.setdefault(message["Message-ID"], message)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A real SMTP server on this machine, and its port."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


def queue_news(count: int) -> None:
    ada = factories.customer("ada")
    for _ in range(count):
        notices.email(ada.user, now=portal_clock.now())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_again_and_again_loses_nothing_and_repeats_nothing(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    queue_news(30 * ROUNDS)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "PORTAL_MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "PORTAL_SMTP_HOST": "127.0.0.1",
        "PORTAL_SMTP_PORT": str(port),
    }
    command = [sys.executable, "manage.py", "portal_worker"]

    for killed in range(ROUNDS):
        worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
        goal = min(len(box.filed) + 5 + killed, 30 * ROUNDS)
        wait_for(lambda goal=goal: len(box.filed) >= goal, alive=worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        Notice.objects.exclude(lease_until=None).update(lease_until=portal_clock.now())  # as time would
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    wait_for(lambda: not Notice.objects.exclude(state="sent").exists(), alive=worker)
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=PATIENCE) == 0
    assert len(box.filed) == 30 * ROUNDS
    assert {m["X-Reference"] for m in box.filed.values()} == set(Notice.objects.values_list("reference", flat=True))
    assert sum(count - 1 for count in box.accepted.values()) <= ROUNDS


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_three_workers_share_the_work_without_repeating_any(mailbox: tuple[Mailbox, int], settings: object) -> None:
    box, port = mailbox
    settings.EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    queue_news(90)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert set(box.accepted.values()) == {1}
    assert len(box.filed) == 90


def work() -> None:
    from django.db import connections

    try:
        while delivery.deliver_due(limit=10):
            pass
    finally:
        connections.close_all()


def test_a_notice_goes_out_once_and_keeps_no_secret(ada: Person, outbox: list[object], clock: Clock) -> None:
    notice = notices.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.now, code="123 456")

    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0

    assert "123 456" in outbox[0].body
    notice.refresh_from_db()
    assert (notice.state, notice.facts, notice.sent_at) == ("sent", "", clock.now)


def test_a_notice_is_forgotten_with_the_action_that_failed(ada: Person, clock: Clock) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        notices.email(ada.user, now=clock.now)
        raise ZeroDivisionError

    assert Notice.objects.count() == 0


@pytest.fixture
def no_mail_server(settings: object) -> None:
    """A mail server that takes no connection."""
    settings.EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def test_a_server_that_does_not_answer_is_asked_again_later(ada: Person, clock: Clock, no_mail_server: None) -> None:
    notice = notices.email(ada.user, now=clock.now)

    for _ in range(delivery.MAX_ATTEMPTS):
        delivery.deliver_due()
        notice.refresh_from_db()
        assert notice.state == "dead" or clock.now < notice.due_at <= clock.now + timedelta(hours=1.6)
        clock.move(hours=2)

    assert (notice.state, notice.attempts) == ("dead", delivery.MAX_ATTEMPTS)


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_cannot_finish(ada: Person, clock: Clock) -> None:
    notices.email(ada.user, now=clock.now)
    first = delivery.claim(now=clock.now)
    assert delivery.claim(now=clock.now) is None

    second = delivery.claim(now=clock.move(seconds=settings.PORTAL_NOTICE_LEASE_SECONDS + 1))

    assert (first.pk, second.attempts) == (second.pk, 2)
    delivery._finish(first, state="dead", sent_at=None)
    assert Notice.objects.get().state == "due"


@pytest.mark.parametrize("seconds", [15, 600])
def test_a_lease_lasts_as_long_as_the_setting_says(ada: Person, clock: Clock, settings: object, seconds: int) -> None:
    settings.PORTAL_NOTICE_LEASE_SECONDS = seconds
    notices.email(ada.user, now=clock.now)
    delivery.claim(now=clock.now)

    assert delivery.claim(now=clock.move(seconds=seconds)) is None
    assert delivery.claim(now=clock.move(seconds=1)) is not None


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 10), (2, 20), (3, 40), (8, 1280), (9, 2560), (10, 3600), (83, 3600)]
)
def test_waits_double_from_ten_seconds_to_an_hour_and_vary_by_half(
    ada: Person, clock: Clock, no_mail_server: None, attempt: int, seconds: int
) -> None:
    notice = notices.email(ada.user, now=clock.now)
    waits = []

    for _ in range(20):
        Notice.objects.update(due_at=clock.now, attempts=attempt - 1)
        delivery.deliver_due(limit=1)
        notice.refresh_from_db()
        waits.append((notice.due_at - clock.now).total_seconds())

    assert seconds <= min(waits) < max(waits) <= seconds * 1.5


def test_after_84_attempts_a_notice_is_given_up(ada: Person, clock: Clock, no_mail_server: None) -> None:
    notice = notices.email(ada.user, now=clock.now)
    states = []

    for attempts in (82, 83):
        Notice.objects.update(due_at=clock.now, attempts=attempts)
        delivery.deliver_due()
        notice.refresh_from_db()
        states.append((notice.attempts, notice.state))

    assert states == [(83, "due"), (84, "dead")]


def test_a_notice_of_a_channel_that_is_not_registered_is_left_alone(
    ada: Person, clock: Clock, outbox: list[object]
) -> None:
    notice = notices.email(ada.user, now=clock.now)
    Notice.objects.update(channel="pigeon")
    notices.email(ada.user, now=clock.now)

    delivery.deliver_due()

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("due", 0)
    assert len(outbox) == 1


def test_a_message_with_a_link_is_given_up_at_once(
    ada: Person, clock: Clock, outbox: list[object], settings: object
) -> None:
    settings.PORTAL_BRAND_NAME = "https://portal.test"
    notices.email(ada.user, now=clock.now)

    delivery.deliver_due()

    assert Notice.objects.get().state == "dead"
    assert outbox == []


def break_facts(notice: Notice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_notice SET facts = 'v1:nothing:AAAA' WHERE id = %s", [notice.pk])


def test_an_address_nobody_can_write_to_is_tried_again_and_the_others_get_theirs(
    ada: Person, clock: Clock, mailoutbox: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    bad = notices.email(ada.user, now=clock.now, address="ada@example.test\r\nBcc: x@example.test")
    notices.email(factories.customer("ben").user, now=clock.now)
    caplog.set_level(logging.WARNING)

    call_command("portal_worker", "--once")

    bad.refresh_from_db()
    assert "ben@example.test" in [message.to[0] for message in mailoutbox]
    assert (bad.state, bad.attempts, bad.due_at > clock.now) == ("due", 1, True)
    assert "example.test" not in "".join(str(vars(record)) for record in caplog.records)


def test_facts_that_do_not_open_are_given_up_after_the_last_try(
    ada: Person, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    notice = notices.email(ada.user, now=clock.now)
    break_facts(notice)
    Notice.objects.update(attempts=delivery.MAX_ATTEMPTS - 1)

    call_command("portal_worker", "--once")

    state = Notice.objects.values_list("state", flat=True).get()
    assert state == "dead"
    assert [record.facts["reference"] for record in caplog.records] == [notice.reference]


def test_a_notice_that_kills_the_worker_each_time_is_given_up(ada: Person, clock: Clock, mailoutbox: list) -> None:
    notices.email(ada.user, now=clock.now)
    Notice.objects.update(attempts=delivery.MAX_ATTEMPTS, lease_until=clock.now - timedelta(seconds=1))

    delivery.deliver_due()

    assert Notice.objects.get().state == "dead"
    assert mailoutbox == []


def test_an_outage_of_three_days_loses_nothing(ada: Person, clock: Clock, settings: object) -> None:
    mailer, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    notices.email(ada.user, now=clock.now)

    end = clock.now + timedelta(days=3)
    while (due := Notice.objects.get().due_at) < end:
        clock.set(max(due, clock.now))
        delivery.deliver_due()

    settings.EMAIL_BACKEND = mailer
    clock.set(due)
    delivery.deliver_due()
    assert Notice.objects.get().state == "sent"


def test_what_was_given_up_can_be_sent_after_all(ada: Person, clock: Clock, mailoutbox: list) -> None:
    notices.email(ada.user, now=clock.now, device="Firefox on Linux")
    notices.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.now)
    Notice.objects.update(state="dead", attempts=delivery.MAX_ATTEMPTS)
    clock.move(hours=1)

    call_command("portal_requeue")
    call_command("portal_worker", "--once")

    assert len(mailoutbox) == 1
    assert "Firefox on Linux" in mailoutbox[0].body


def test_a_code_that_ran_out_is_not_sent_any_more(ada: Person, clock: Clock, mailoutbox: list) -> None:
    notices.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.now)
    clock.move(minutes=15)

    delivery.deliver_due()

    assert (Notice.objects.get().state, mailoutbox) == ("dead", [])
