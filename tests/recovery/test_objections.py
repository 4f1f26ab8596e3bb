"""The owner can stop a recovery at any time, from any notice or while signed in."""

import pytest
from django.test import Client

from accounts.models import PlatformSession
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from recovery.actions import claims, grants, objections, timers
from recovery.enums import Scope, State
from recovery.models import Hold, StopCode
from recovery.refusals import CaseNotOpen, GrantInvalid
from tests import factories
from tests.recovery.conftest import ORIGIN, now


def newest(kind: str) -> Notice:
    return Notice.objects.filter(kind=kind).latest("pk")


def stop(notice: Notice, code: str | None = None, reference: str | None = None):
    return objections.stop_by_code(
        reference=notice.reference if reference is None else reference,
        code=notice.facts["stop_code"] if code is None else code,
        origin=ORIGIN,
        now=now(),
    )


@pytest.mark.promise("CASE-5")
@pytest.mark.parametrize("step", ["opened", "in_session"])
def test_a_stop_ends_a_case_in_which_nothing_was_proved(clock, walk, step):
    getattr(walk, step)()
    timers.tick(clock.now)

    stop(newest("case_started"))

    assert walk.state == State.CANCELLED


@pytest.mark.promise("CASE-5")
def test_a_stop_contests_a_case_in_which_the_mailbox_was_shown(clock, walk, holder):
    factories.signed_in(holder)
    walk.in_review().approved(clock)
    timers.tick(clock.now)

    stop(newest("case_approved"))

    assert walk.state == State.CONTESTED
    assert set(Hold.objects.values_list("scope", flat=True)) == set(Scope)
    holder.user.refresh_from_db()
    assert holder.user.suspended_at is None
    assert PlatformSession.objects.filter(user=holder.user).exists()


@pytest.mark.promise("CASE-5")
def test_the_first_notice_still_stops_a_case_that_is_ready(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    walk.ready(clock).started()

    stop(newest("case_started"))

    assert walk.state == State.CONTESTED
    walk.grant.refresh_from_db()
    assert walk.grant.revoked_at == clock.now


@pytest.mark.promise("CASE-5")
def test_a_stop_in_the_middle_of_setting_up_leaves_everything_as_it_was(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    timers.tick(clock.now)
    before = holder.user.password

    stop(newest("case_opened"))

    with pytest.raises(GrantInvalid):
        walk.completed()
    holder.user.refresh_from_db()
    assert holder.user.password == before
    assert walk.state == State.CONTESTED


@pytest.mark.promise("CASE-5")
def test_a_stop_after_completion_freezes_the_log_in(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    timers.tick(clock.now)

    stop(newest("case_completed"))

    holder.user.refresh_from_db()
    assert walk.state == State.CONTESTED
    assert holder.user.suspended_at == clock.now
    assert not PlatformSession.objects.filter(user=holder.user).exists()
    assert SecurityEvent.objects.filter(subject=holder.user, action="suspended").exists()


@pytest.mark.promise("CASE-5")
def test_reading_a_stop_code_or_typing_it_wrongly_stops_nothing(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    notice = newest("case_started")

    answers = [
        stop(notice, code="2222 2222 2222"),
        stop(notice, code=""),
        stop(notice, reference="N-2222-2222"),
    ]

    assert answers == [None, None, None]
    assert walk.state == State.OPEN


def test_a_stop_code_is_read_however_it_is_typed(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    notice = newest("case_started")

    stop(notice, code=notice.facts["stop_code"].lower().replace(" ", "-"), reference=notice.reference.lower())

    assert walk.state == State.CANCELLED


def test_a_stop_code_works_once_and_a_used_one_answers_like_any(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    notice = newest("case_started")
    stop(notice)

    walk.opened()

    assert stop(notice) is None
    assert walk.state == State.OPEN


@pytest.mark.promise("CASE-5")
def test_wrong_stop_codes_never_shut_out_the_right_one(clock, walk, settings):
    settings.PORTAL_SOURCE_LIMIT = 3
    walk.opened()
    timers.tick(clock.now)
    notice = newest("case_started")
    for _try in range(5):
        stop(notice, code="2222 2222 2222")

    stop(notice)

    assert walk.state == State.CANCELLED


def test_wrong_stop_codes_count_against_their_network_and_right_ones_do_not(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    notice = newest("case_started")

    stop(notice, code="2222 2222 2222")
    stop(notice)

    assert Throttle.objects.get(limit="network").used == 1


def test_each_notice_has_a_code_of_its_own_and_none_is_kept_in_clear(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    walk.in_review().approved(clock)
    timers.tick(clock.now)

    codes = [notice.facts["stop_code"] for notice in Notice.objects.filter(kind__startswith="case_")]

    assert len(set(codes)) == len(codes) == StopCode.objects.count() == 2
    assert all(code.replace(" ", "") not in row.digest for code in codes for row in StopCode.objects.all())


@pytest.mark.promise("CASE-5")
def test_the_owner_stops_a_case_while_signed_in(walk, holder):
    walk.opened()

    objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now())

    assert walk.state == State.CANCELLED
    with pytest.raises(CaseNotOpen):
        objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now())


def test_an_owner_who_found_their_phone_withdraws_the_case(clock, walk, holder):
    walk.in_review()

    objections.cancel_own(user=holder.user, origin=ORIGIN, now=now())

    assert walk.state == State.WITHDRAWN
    assert not walk.case.decisions.filter(outcome="pending").exists()


@pytest.mark.promise("CASE-5")
def test_a_lost_key_that_is_used_again_contests_the_case_before_any_grant(clock, walk, holder):
    walk.in_review().approved(clock)
    clock.move(hours=3)
    holder.user.key_set.update(last_used_at=clock.now)

    timers.tick(clock.now)

    assert walk.state == State.CONTESTED
    with pytest.raises(CaseNotOpen):
        grants.start_grant(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())


def test_a_key_used_before_the_case_says_nothing(clock, walk, holder):
    holder.user.key_set.update(last_used_at=clock.now)
    clock.move(minutes=1)
    walk.in_review()

    timers.tick(clock.now)

    assert walk.state == State.REVIEW


@pytest.mark.promise("CASE-5")
@pytest.mark.parametrize(
    ("reached", "goes_on"),
    [([], "started"), (["started"], "opened_grant"), (["started", "opened_grant"], "completed")],
)
def test_a_key_in_use_stops_every_step_before_the_clock_finds_it(clock, walk, holder, reached, goes_on):
    walk.ready(clock)
    for step in reached:
        getattr(walk, step)()
    clock.move(minutes=1)
    factories.sign_in(Client(), holder)

    with pytest.raises(CaseNotOpen):
        getattr(walk, goes_on)()

    assert walk.state == State.CONTESTED
    holder.user.refresh_from_db()
    assert holder.user.check_password(holder.password)


@pytest.mark.promise("CASE-5")
def test_a_contested_case_is_left_to_the_seniors(clock, walk, holder):
    walk.in_review()
    objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now())

    with pytest.raises(CaseNotOpen):
        claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())
    with pytest.raises(CaseNotOpen):
        objections.cancel_own(user=holder.user, origin=ORIGIN, now=now())

    walk.claim.refresh_from_db()
    assert (walk.state, walk.claim.closed_at) == (State.CONTESTED, None)
