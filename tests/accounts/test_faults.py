"""One bad row, address or encrypt never keeps the worker from everybody else's."""

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.actions.sign_in import lockout_notices
from accounts.models import User
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox import delivery
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import buckets, factories, notices
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db


def break_encryption(user: User) -> None:
    """Overwrite the address as somebody would who can write to the database."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = 'v1:nothing:AAAA' WHERE id = %s", [user.pk])


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


def test_what_a_notice_held_that_was_given_up_is_forgotten_after_a_month(ada: Person, clock: Clock) -> None:
    notices.email(ada.user, now=clock.now, device="Edge")
    Notice.objects.update(state="dead")

    clock.move(days=29)
    call_command("portal_purge")
    assert Notice.objects.get().facts["device"] == "Edge"

    clock.move(days=2)
    call_command("portal_purge")
    assert Notice.objects.get().facts == ""
    assert delivery.requeue(now=clock.now) == 0


@pytest.mark.promise("LOCK-7")
def test_the_owner_reads_of_pauses_at_most_hourly_and_finds_each_on_the_record(ada: Person, clock: Clock) -> None:
    for _ in range(4):
        for _ in range(5):
            reserve(buckets.password("ada"), now=clock.now)
        clock.move(minutes=17)
        lockout_notices.announce(portal_clock.now())

    assert SecurityEvent.objects.filter(subject=ada.user, action="paused").count() == 4
    assert Notice.objects.filter(user=ada.user, kind="paused", channel="email").count() == 1

    clock.move(minutes=10)
    reserve(buckets.password("ada"), now=clock.now)
    for _ in range(4):
        reserve(buckets.password("ada"), now=clock.now)
    clock.move(minutes=1)
    lockout_notices.announce(portal_clock.now())
    assert Notice.objects.filter(user=ada.user, kind="paused", channel="email").count() == 2
