"""Purging deletes what has served its time, and nothing that still counts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.actions.authenticators import emailed_code
from accounts.actions.sign_in import push_approval
from accounts.enums import CodePurpose
from accounts.models import EmailedCode, KnownBrowser, Phone, PlatformSession, PushChallenge
from portal.audit.models import SecurityEvent
from portal.lib import client
from portal.outbox.models import Notice, NoticeState
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import buckets, factories, notices
from tests.conftest import Clock
from tests.factories import Person
from tests.phones import paired

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_things(ada: Person, clock: Clock) -> None:
    factories.signed_in(ada)
    reserve(buckets.password("somebody"), now=clock.now)
    emailed_code.send(user=ada.user, purpose=CodePurpose.RECOVERY, by=None, origin=None, now=clock.now)
    KnownBrowser.objects.create(user=ada.user, digest="d", last_used_at=clock.now)


@pytest.mark.parametrize("model", [Throttle, PlatformSession, EmailedCode, KnownBrowser])
def test_what_is_old_goes(old_things: None, clock: Clock, model: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.actions.purging.BATCH", 1)
    clock.move(days=401)

    call_command("portal_purge")

    assert model.objects.count() == 0
    assert SecurityEvent.objects.exists()


@pytest.mark.parametrize("model", [Throttle, PlatformSession, EmailedCode, KnownBrowser])
def test_what_is_young_stays(old_things: None, model: type) -> None:
    before = model.objects.count()

    call_command("portal_purge")

    assert model.objects.count() == before > 0


def test_a_dry_run_deletes_nothing(old_things: None, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    clock.move(days=401)

    call_command("portal_purge", "--dry-run")

    assert "1 sessions that are over" in capsys.readouterr().out
    assert PlatformSession.objects.count() == 1


def undelivered(person: Person, now: datetime) -> Notice:
    notice = notices.email(person.user, now=now)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.DEAD, created_at=now)
    return Notice.objects.exclude(facts="").get(pk=notice.pk)


@pytest.mark.parametrize(
    ("make", "left", "lived"),
    [
        (lambda ada, now: reserve(buckets.password("somebody"), now=now), Throttle.objects.all, timedelta(days=2)),
        (undelivered, lambda: Notice.objects.exclude(facts=""), timedelta(days=30)),
        (lambda ada, now: factories.phone(), Phone.objects.all, timedelta(hours=24)),
    ],
    ids=["a limit in use", "facts of an undelivered notice", "a phone that never got a Key"],
)
def test_it_goes_when_its_time_is_over_and_not_before(
    ada: Person, clock: Clock, make: Callable, left: Callable, lived: timedelta
) -> None:
    make(ada, clock.now)
    span = lived + (timedelta(minutes=settings.PORTAL_LOCKOUT_MINUTES) if left == Throttle.objects.all else timedelta())

    clock.set(clock.now + span - timedelta(seconds=1))
    call_command("portal_purge")
    assert left().exists()

    clock.move(seconds=2)
    call_command("portal_purge")
    assert not left().exists()


@pytest.mark.promise("LOCK-6")
def test_wrong_codes_in_a_row_are_not_forgotten_by_purging(ada: Person, clock: Clock) -> None:
    reserve(buckets.code(ada.user.username_hash), now=clock.now)
    clock.move(days=401)

    call_command("portal_purge")

    assert Throttle.objects.get().used_in_a_row == 1


def test_old_requests_go_but_the_refused_ones_that_stop_further_ones(ada: Person, clock: Clock) -> None:
    phone = paired(ada)
    pending = factories.pending(ada.user, at=clock.now)
    for _ in range(2):
        asked = push_approval.ask(pending=pending, origin=client.Origin(), now=clock.now)
    phone.deny({"request": asked.request.reference, "account": "ada"}, "cancelled")

    clock.move(days=90)
    call_command("portal_purge")
    assert PushChallenge.objects.count() == 2

    clock.move(seconds=1)
    call_command("portal_purge")
    assert PushChallenge.objects.get() == asked.request
