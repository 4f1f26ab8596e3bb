"""The outbox: everything arrives, nothing twice, whatever happens to the worker."""

import contextlib
import email
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from accounts import emails
from accounts.actions import delivery, notices
from accounts.models import Notice, User
from portal.lib import clock as portal_clock
from portal.lib.mail import LinkInMail, defused, refuse_links
from tests import factories
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.factories import Person

KINDS = {
    "new_device": {"device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "paused": {"tries": 5, "until": "2026-03-02T12:15:00+00:00"},
    "password_changed": {"device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "key_added": {"key": "Ada's phone", "at": "2026-03-02T12:00:00+00:00"},
    "passkey_added": {"passkey": "Ada's laptop", "device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "passkey_removed": {"passkey": "Ada's laptop", "device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "passkey_suspect": {"passkey": "Ada's laptop", "device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "held": {"at": "2026-03-02T12:00:00+00:00"},
    "released": {"at": "2026-03-02T12:00:00+00:00"},
    "code": {"code": "123 456"},
    "backup_codes_made": {"device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "backup_code_used": {"device": "Safari on Mac", "at": "2026-03-02T12:00:00+00:00", "left": 1, "few": True},
    "key_off": {"key": "Ada's phone", "device": "Safari on Mac", "at": "2026-03-02T12:00:00+00:00"},
    "key_moved": {"key": "Ada's phone", "device": "", "at": "2026-03-02T12:00:00+00:00"},
    "phone_lost": {"key": "Ada's phone", "device": "Safari on Mac", "at": "2026-03-02T12:00:00+00:00"},
    "report_opened": {"report": "R-7F3K-2Q9C", "device": "Chrome on Windows", "at": "2026-03-02T12:00:00+00:00"},
    "report_closed": {"report": "R-7F3K-2Q9C", "outcome": "protected"},
}


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


def queue(user: User, count: int) -> None:
    now = portal_clock.now()
    for number in range(count):
        notices.tell(user, "new_device", now=now, dedupe=f"test-{number}", device="x", at=now.isoformat())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_twenty_times_loses_nothing_and_repeats_nothing(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    queue(factories.customer("ada").user, 500)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "PORTAL_MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "PORTAL_SMTP_HOST": "127.0.0.1",
        "PORTAL_SMTP_PORT": str(port),
        "PORTAL_SMTP_TIMEOUT_SECONDS": "1",
        "PORTAL_PUSH_TIMEOUT_SECONDS": "1",
        "PORTAL_NOTICE_LEASE_SECONDS": "3",
    }
    command = [sys.executable, "manage.py", "portal_worker"]

    for killed in range(20):
        worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
        goal = min(len(box.filed) + 5 + killed, 500)
        wait_for(lambda goal=goal: len(box.filed) >= goal)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    wait_for(lambda: not Notice.objects.exclude(state="sent").exists())
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=10) == 0
    assert len(box.filed) == 500
    assert {m["X-Reference"] for m in box.filed.values()} == set(Notice.objects.values_list("reference", flat=True))
    assert sum(count - 1 for count in box.accepted.values()) <= 20


def wait_for(condition: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_three_workers_share_the_work_without_repeating_any(mailbox: tuple[Mailbox, int], settings: object) -> None:
    box, port = mailbox
    settings.EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    queue(factories.customer("ada").user, 90)

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


@pytest.fixture
def outbox(settings: object) -> list[EmailMultiAlternatives]:
    """What the guarded back end lets through."""
    settings.EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.mark.django_db
def test_a_notice_goes_out_once_and_keeps_no_facts(ada: Person, outbox: list[object], clock: Clock) -> None:
    notice = notices.tell(ada.user, "code", now=clock.now, code="123 456")

    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0

    assert "123 456" in outbox[0].body
    notice.refresh_from_db()
    assert (notice.state, notice.facts, notice.sent_at) == ("sent", "", clock.now)


@pytest.mark.django_db
def test_a_notice_is_forgotten_with_the_action_that_failed(ada: Person, clock: Clock) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        notices.tell(ada.user, "code", now=clock.now, code="1")
        raise ZeroDivisionError

    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_a_server_that_does_not_answer_is_asked_again_later(ada: Person, clock: Clock, settings: object) -> None:
    settings.EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    notice = notices.tell(ada.user, "code", now=clock.now, code="1")

    for _ in range(delivery.MAX_ATTEMPTS):
        delivery.deliver_due()
        notice.refresh_from_db()
        assert notice.state == "dead" or clock.now < notice.due_at <= clock.now + timedelta(hours=1.6)
        clock.move(hours=2)

    assert (notice.state, notice.attempts) == ("dead", delivery.MAX_ATTEMPTS)


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_cannot_finish(ada: Person, clock: Clock) -> None:
    notices.tell(ada.user, "code", now=clock.now, code="1")
    first = delivery.claim(now=clock.now)
    assert delivery.claim(now=clock.now) is None

    second = delivery.claim(now=clock.move(seconds=settings.PORTAL_NOTICE_LEASE_SECONDS + 1))

    assert (first.pk, second.attempts) == (second.pk, 2)
    delivery._finish(first, state="dead", sent_at=None)
    assert Notice.objects.get().state == "due"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.promise("SIGN-5")
def test_no_message_holds_a_link(ada: Person, clock: Clock, kind: str) -> None:
    notice = notices.tell(ada.user, kind, now=clock.now, **KINDS[kind])

    message = emails.message_for(notice)

    refuse_links(message)
    html = message.alternatives[0][0]
    assert "<a " not in html
    assert len(html) + len(message.body) < 10_000
    assert notice.reference in message.body
    assert notice.reference in html
    assert "Hello Ada" in message.body


@pytest.mark.promise("SIGN-5")
@pytest.mark.parametrize("text", ["https://x.test", "http:x", "see www.x.test", "<a href='x'>", "<img src=x>"])
def test_the_guard_refuses_links_in_subject_text_and_html(text: str) -> None:
    in_html = EmailMultiAlternatives("s", "b")
    in_html.attach_alternative(f"<p>{text}</p>", "text/html")

    for message in (EmailMultiAlternatives(text, "b"), EmailMultiAlternatives("s", text), in_html):
        with pytest.raises(LinkInMail):
            refuse_links(message)


@pytest.mark.django_db
def test_a_message_with_a_link_is_given_up_at_once(
    ada: Person, clock: Clock, outbox: list[object], settings: object
) -> None:
    settings.PORTAL_BRAND_NAME = "https://portal.test"
    notices.tell(ada.user, "new_device", now=clock.now, device="x", at=clock.now.isoformat())

    delivery.deliver_due()

    assert Notice.objects.get().state == "dead"
    assert outbox == []


CHOSEN = ["www.", "www", "http", "Pixel http:", "url (x", "https://x.test", "<img src=x>", "w<ww.", "url ((", "HREF =="]
CHOSEN += ["2026-99-99T99:99:99", "www..", "http:\thttps:", "a href\n=b", "src=", "<\nlink>", "s<rc=", "hthttp:tp:"]


@pytest.mark.django_db
@pytest.mark.promise("SIGN-5")
@pytest.mark.parametrize("chosen", CHOSEN)
def test_nothing_people_name_keeps_a_notice_from_going_out(clock: Clock, outbox: list[object], chosen: str) -> None:
    eve = factories.customer("eve", given_name=chosen)
    for kind, facts in KINDS.items():
        notices.tell(eve.user, kind, now=clock.now, **(facts | dict.fromkeys(facts.keys() & {"device", "key"}, chosen)))

    delivery.deliver_due()

    assert len(outbox) == len(KINDS)


@pytest.mark.parametrize(
    "plain", ["Ada's phone", "Pixel 8 (blue)", "Chrome 120.0 on Windows", "Curl and source", "Zoë"]
)
def test_ordinary_names_are_left_as_they_are(plain: str) -> None:
    assert defused(plain) == plain


@pytest.mark.django_db
def test_names_cannot_add_headers(clock: Clock, outbox: list[object]) -> None:
    eve = factories.customer("eve", given_name="Eve\r\nBcc: all@example.test")
    notices.tell(eve.user, "code", now=clock.now, code="1")

    delivery.deliver_due()

    assert outbox[0].recipients() == ["eve@example.test"]
    assert "Bcc" not in outbox[0].message()
