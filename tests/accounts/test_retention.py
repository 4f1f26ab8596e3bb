"""Each setting of how long something is kept: it goes when that is over, and not a moment before (FIRM-5)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.actions import purging
from accounts.enums import ReportKind, ReportOutcome, Role
from accounts.models import (
    AccountActivity,
    AccountValue,
    NetworkRequest,
    Report,
    RoleChange,
    SignInAddress,
    SignInRefusal,
    StaffInvitation,
)
from portal.outbox.models import Notice, NoticeState
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import buckets, factories, notices
from tests.conftest import Clock
from tests.factories import Person

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-5")]


def report(ada: Person, lee: Person, now: datetime) -> None:
    facts = {"kind": ReportKind.NOT_ME, "device": "x", "outcome": ReportOutcome.MISTAKE}
    Report.objects.create(reference="R-1", user=ada.user, created_at=now, closed_at=now, closed_by=lee.user, **facts)


def network_request(ada: Person, lee: Person, now: datetime) -> None:
    facts = {"wanted": [], "seen": "", "allows_pass": True, "outcome": "withdrawn"}
    NetworkRequest.objects.create(
        reference="W-1", user=ada.user, asked_by=ada.user, asked_at=now, decided_at=now, **facts
    )


def role_change(ada: Person, lee: Person, now: datetime) -> None:
    RoleChange.objects.create(
        user=lee.user, role=Role.AGENT, asked_at=now, takes_two=False, decided_at=now, outcome="refused"
    )


def invitation(ada: Person, lee: Person, now: datetime) -> None:
    early = now - timedelta(hours=24)
    StaffInvitation.objects.create(
        user=lee.user, told_digest="a", mailed_digest="b", issued_at=early, expires_at=now, revoked_at=now
    )


def notice(ada: Person, lee: Person, now: datetime) -> None:
    made = notices.email(ada.user, now=now)
    Notice.objects.filter(pk=made.pk).update(state=NoticeState.SENT, sent_at=now)


def activity(ada: Person, lee: Person, now: datetime) -> None:
    AccountActivity.objects.create(account=ada.user.mandates.get().account, at=now, kind="order")


def value(ada: Person, lee: Person, now: datetime) -> None:
    AccountValue.objects.create(account=ada.user.mandates.get().account, day=now.date(), net_value="1.00")


def sign_in(ada: Person, lee: Person, now: datetime) -> None:
    SignInAddress.objects.create(user=ada.user, address="203.0.113.7", at=now)


def refusal(ada: Person, lee: Person, now: datetime) -> None:
    SignInRefusal.objects.create(user=ada.user, cause="K1", address="203.0.113.7", at=now)


def limit(ada: Person, lee: Person, now: datetime) -> None:
    reserve(buckets.password("somebody"), now=now)
    Throttle.objects.update(fades_at=now, opens_at=now)


KEPT = [
    ("PORTAL_KEEP_RECORD_DAYS", report, Report.objects.all),
    ("PORTAL_KEEP_RECORD_DAYS", network_request, NetworkRequest.objects.all),
    ("PORTAL_KEEP_RECORD_DAYS", role_change, RoleChange.objects.all),
    ("PORTAL_KEEP_RECORD_DAYS", invitation, StaffInvitation.objects.all),
    ("PORTAL_KEEP_RECORD_DAYS", notice, Notice.objects.all),
    ("PORTAL_KEEP_NOTICES_DAYS", notice, lambda: Notice.objects.exclude(facts="", target="")),
    ("PORTAL_KEEP_ACTIVITY_DAYS", activity, AccountActivity.objects.all),
    ("PORTAL_KEEP_SIGN_INS_DAYS", sign_in, SignInAddress.objects.all),
    ("PORTAL_KEEP_SIGN_INS_DAYS", refusal, SignInRefusal.objects.all),
    ("PORTAL_KEEP_LIMITS_DAYS", limit, Throttle.objects.all),
]


@pytest.mark.parametrize(("setting", "make", "left"), KEPT, ids=lambda part: getattr(part, "__name__", ""))
def test_it_goes_when_its_time_is_over_and_not_a_moment_before(
    ada: Person, clock: Clock, settings, setting: str, make: Callable, left: Callable
) -> None:
    make(ada, factories.staff("lee", Role.SENIOR), clock.now)
    clock.move(days=getattr(settings, setting))
    list(purging.purge(now=clock.now))
    assert left().exists()

    clock.move(seconds=1)
    list(purging.purge(now=clock.now))
    assert not left().exists()


def test_a_daily_value_goes_a_day_after_its_time(ada: Person, clock: Clock, settings) -> None:
    value(ada, ada, clock.now)
    clock.move(days=settings.PORTAL_KEEP_ACTIVITY_DAYS)
    list(purging.purge(now=clock.now))
    assert AccountValue.objects.exists()

    clock.move(days=1)
    list(purging.purge(now=clock.now))
    assert not AccountValue.objects.exists()


def test_what_is_not_over_is_kept_however_old_it_is(ada: Person, clock: Clock, settings) -> None:
    Report.objects.create(reference="R-1", user=ada.user, kind=ReportKind.NOT_ME, device="x", created_at=clock.now)
    NetworkRequest.objects.create(
        reference="W-1", user=ada.user, wanted=[], seen="", allows_pass=True, asked_by=ada.user, asked_at=clock.now
    )
    due = notices.email(ada.user, now=clock.now)
    clock.move(days=settings.PORTAL_KEEP_RECORD_DAYS + 1)

    list(purging.purge(now=clock.now))

    assert [Report.objects.count(), NetworkRequest.objects.count()] == [1, 1]
    assert Notice.objects.get().pk == due.pk
    assert Notice.objects.get().facts != ""
