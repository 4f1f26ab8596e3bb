"""One bad row, address or encrypt never keeps the worker from everybody else's."""

import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.actions import delivery, notices
from accounts.actions.sign_in import lockout_notices
from accounts.models import Notice, SecurityEvent, User
from portal.lib import clock as portal_clock
from portal.lib import periodic_tasks
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import buckets, factories
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db


def break_encryption(user: User) -> None:
    """Overwrite the address as somebody would who can write to the database."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = 'v1:nothing:AAAA' WHERE id = %s", [user.pk])


def break_facts(notice: Notice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_notice SET facts = 'v1:nothing:AAAA' WHERE id = %s", [notice.pk])


def test_an_address_nobody_can_write_to_is_tried_again_and_the_others_get_theirs(
    ada: Person, clock: Clock, mailoutbox: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    bad = notices.tell(ada.user, "code", now=clock.now, address="ada@example.test\r\nBcc: x@example.test", code="1")
    notices.tell(factories.customer("ben").user, "code", now=clock.now, code="2")
    caplog.set_level(logging.WARNING)

    call_command("portal_worker", "--once")

    bad.refresh_from_db()
    assert "ben@example.test" in [message.to[0] for message in mailoutbox]
    assert (bad.state, bad.attempts, bad.due_at > clock.now) == ("due", 1, True)
    assert "example.test" not in "".join(str(vars(record)) for record in caplog.records)


def test_facts_that_do_not_open_are_given_up_after_the_last_try(
    ada: Person, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    notice = notices.tell(ada.user, "code", now=clock.now, code="1")
    break_facts(notice)
    Notice.objects.update(attempts=delivery.MAX_ATTEMPTS - 1)

    call_command("portal_worker", "--once")

    state = Notice.objects.values_list("state", flat=True).get()
    assert state == "dead"
    assert [record.facts["reference"] for record in caplog.records] == [notice.reference]


def test_a_notice_that_kills_the_worker_each_time_is_given_up(ada: Person, clock: Clock, mailoutbox: list) -> None:
    notices.tell(ada.user, "code", now=clock.now, code="1")
    Notice.objects.update(attempts=delivery.MAX_ATTEMPTS, lease_until=clock.now - timedelta(seconds=1))

    delivery.deliver_due()

    assert Notice.objects.get().state == "dead"
    assert mailoutbox == []


def test_a_pause_whose_owner_cannot_be_told_holds_up_no_other_and_no_post(
    ada: Person, clock: Clock, mailoutbox: list
) -> None:
    for name in ("ada", "ben"):
        person = ada if name == "ada" else factories.customer(name)
        for _ in range(5):
            reserve(buckets.password(person.user.username), now=clock.now)
    break_encryption(ada.user)
    clock.move(seconds=30)

    call_command("portal_worker", "--once")

    assert [message.to for message in mailoutbox] == [["ben@example.test"]]
    assert Throttle.objects.filter(announced=False).count() == 1


def test_a_timer_that_fails_stops_neither_the_others_nor_the_post(
    ada: Person, clock: Clock, mailoutbox: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(
        periodic_tasks, "_TICKS", {"bad": lambda now: 1 // 0, "good": lambda now: len(calls.append(now) or "")}
    )
    notices.tell(ada.user, "code", now=clock.now, code="1")

    call_command("portal_worker", "--once")

    assert len(mailoutbox) == 1
    assert calls


def test_an_outage_of_three_days_loses_nothing(ada: Person, clock: Clock, settings: object) -> None:
    mailer, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    notices.tell(ada.user, "new_device", now=clock.now, device="x", at=clock.now.isoformat())

    end = clock.now + timedelta(days=3)
    while (due := Notice.objects.get().due_at) < end:
        clock.set(max(due, clock.now))
        delivery.deliver_due()

    settings.EMAIL_BACKEND = mailer
    clock.set(due)
    delivery.deliver_due()
    assert Notice.objects.get().state == "sent"


def test_what_was_given_up_can_be_sent_after_all(ada: Person, clock: Clock, mailoutbox: list) -> None:
    notices.tell(ada.user, "new_device", now=clock.now, device="Firefox on Linux", at=clock.now.isoformat())
    notices.tell(ada.user, "code", now=clock.now, useful_until=clock.now + timedelta(minutes=10), code="1")
    Notice.objects.update(state="dead", attempts=delivery.MAX_ATTEMPTS)
    clock.move(hours=1)

    call_command("portal_requeue")
    call_command("portal_worker", "--once")

    assert len(mailoutbox) == 1
    assert "Firefox on Linux" in mailoutbox[0].body


def test_a_code_that_ran_out_is_not_sent_any_more(ada: Person, clock: Clock, mailoutbox: list) -> None:
    notices.tell(ada.user, "code", now=clock.now, useful_until=clock.now + timedelta(minutes=10), code="1")
    clock.move(minutes=10)

    delivery.deliver_due()

    assert (Notice.objects.get().state, mailoutbox) == ("dead", [])


def test_what_a_notice_held_that_was_given_up_is_forgotten_after_a_month(ada: Person, clock: Clock) -> None:
    notices.tell(ada.user, "code", now=clock.now, code="1")
    Notice.objects.update(state="dead")

    clock.move(days=29)
    call_command("portal_purge")
    assert Notice.objects.get().facts == {"code": "1"}

    clock.move(days=2)
    call_command("portal_purge")
    assert Notice.objects.get().facts == ""
    assert delivery.requeue(now=clock.now) == 0


@pytest.mark.promise("LOCK-7")
def test_the_owner_reads_of_pauses_once_a_day_and_finds_each_on_the_record(ada: Person, clock: Clock) -> None:
    for _ in range(4):
        for _ in range(5):
            reserve(buckets.password("ada"), now=clock.now)
        clock.move(hours=7)
        lockout_notices.announce(portal_clock.now())

    assert SecurityEvent.objects.filter(subject=ada.user, action="paused").count() == 4
    assert Notice.objects.filter(user=ada.user, kind="paused").count() == 1

    clock.move(hours=4)
    reserve(buckets.password("ada"), now=clock.now)
    for _ in range(4):
        reserve(buckets.password("ada"), now=clock.now)
    clock.move(minutes=1)
    lockout_notices.announce(portal_clock.now())
    assert Notice.objects.filter(user=ada.user, kind="paused").count() == 2
