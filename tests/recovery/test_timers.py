"""What happens by itself, to the second, once, in bounded batches."""

import pytest

from portal.audit.models import SecurityEvent
from portal.outbox import periodic_tasks
from portal.outbox.models import Notice, NoticeState
from recovery.actions import claims, timers
from recovery.enums import State
from recovery.models import Case, Decision
from tests.recovery.conftest import ORIGIN, wrong_answer


def kinds() -> list[str]:
    return list(Notice.objects.filter(kind__startswith="case_").order_by("pk").values_list("kind", flat=True))


def deliver(clock) -> None:
    Notice.objects.filter(state=NoticeState.DUE).update(state=NoticeState.SENT, sent_at=clock.now)


@pytest.mark.promise("CASE-5")
def test_the_waiting_period_ends_to_the_second(clock, walk):
    walk.in_review().approved(clock)
    timers.tick(clock.now)
    deliver(clock)
    clock.set(walk.case.until)
    clock.move(seconds=-1)
    timers.tick(clock.now)
    assert walk.state == State.COOLING

    clock.move(seconds=1)
    timers.tick(clock.now)

    assert walk.state == State.GRANT_READY


@pytest.mark.promise("CASE-5")
def test_the_wait_does_not_end_while_the_owner_was_not_reached(clock, walk):
    walk.in_review().approved(clock)
    first = walk.case.until
    clock.set(first)
    timers.tick(clock.now)
    assert (walk.state, (walk.case.until - first).days) == (State.COOLING, 1)

    clock.set(walk.case.until)
    timers.tick(clock.now)

    assert walk.state == State.PROOFING


@pytest.mark.promise("CASE-5")
def test_the_wait_counts_from_the_notice_and_not_from_the_approval(clock, walk):
    walk.in_review().approved(clock)
    timers.tick(clock.now)
    planned = walk.case.until
    clock.set(planned)
    clock.move(seconds=-2)
    deliver(clock)
    sent_at = clock.now
    clock.set(planned)
    timers.tick(clock.now)
    assert (walk.state, walk.case.until) == (State.COOLING, sent_at + walk.case.terms.cooling(1))

    clock.set(walk.case.until)
    timers.tick(clock.now)

    assert walk.state == State.GRANT_READY


def test_a_notice_that_got_out_late_still_counts(clock, walk):
    walk.in_review().approved(clock)
    timers.tick(clock.now)
    clock.set(walk.case.until)
    timers.tick(clock.now)
    deliver(clock)

    clock.set(walk.case.until)
    timers.tick(clock.now)

    assert walk.state == State.GRANT_READY


@pytest.mark.parametrize(("steps", "hours"), [(["opened"], 72), (["in_session"], 2), (["in_session", "answered"], 72)])
def test_what_nobody_goes_on_with_runs_out(clock, walk, steps, hours):
    for step in steps:
        getattr(walk, step)()
    clock.move(hours=hours, seconds=-1)
    timers.tick(clock.now)
    assert walk.case.is_open

    clock.move(seconds=1)
    timers.tick(clock.now)

    assert (walk.state, walk.case.is_open) == (State.EXPIRED, False)


def test_a_case_that_is_ready_runs_out_after_three_days_and_the_owner_is_told(clock, walk):
    walk.ready(clock)
    clock.move(hours=72)

    timers.tick(clock.now)

    assert walk.state == State.EXPIRED
    assert kinds()[-1] == "case_closed"


def test_a_review_never_runs_out(clock, walk):
    walk.in_review()
    clock.move(days=30)

    timers.tick(clock.now)

    assert walk.state == State.REVIEW


def test_a_review_nobody_opens_goes_to_somebody_else(clock, walk):
    walk.in_review()
    first = walk.decision.assigned_to
    clock.move(minutes=239)
    timers.tick(clock.now)
    assert walk.decision.assigned_to == first

    clock.move(minutes=1)
    timers.tick(clock.now)

    assert walk.decision.assigned_to not in {first, None}


def test_a_review_that_was_opened_stays_where_it_is(clock, walk):
    walk.in_review().looked_at(clock)
    first = walk.decision.assigned_to
    clock.move(hours=9)

    timers.tick(clock.now)

    assert walk.decision.assigned_to == first


def test_a_review_waits_for_a_senior_and_is_drawn_when_there_is_one(clock, walk, lee, kim):
    for person in (lee, kim):
        person.user.is_active = False
        person.user.save(update_fields=["is_active"])
    walk.in_review()
    assert timers.tick(clock.now) > 0
    before = walk.case.event_n
    timers.tick(clock.now)
    assert (walk.decision.assigned_to, walk.case.event_n) == (None, before)

    kim.user.is_active = True
    kim.user.save(update_fields=["is_active"])
    timers.tick(clock.now)

    assert walk.decision.assigned_to == kim.user


def test_a_review_of_somebody_who_left_is_drawn_again(clock, walk):
    walk.in_review().looked_at(clock)
    gone = walk.checker().user
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    timers.tick(clock.now)

    assert walk.decision.assigned_to not in {gone, None}


@pytest.mark.promise("CASE-5")
def test_the_owner_is_told_of_every_turn(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    walk.ready(clock).started().opened_grant().completed().waited(clock)

    assert [kind for kind in kinds() if kind != "case_grant_part"] == [
        "case_started",
        "case_approved",
        "case_ready",
        "case_opened",
        "case_completed",
        "case_lifted",
    ]


@pytest.mark.promise("CASE-8")
def test_customers_find_what_was_done_on_their_own_record(clock, walk, holder):
    walk.ready(clock)

    recorded = SecurityEvent.objects.filter(subject=holder.user, action__startswith="case_").order_by("n")
    assert list(recorded.values_list("action", flat=True)) == [
        "case_opened",
        "case_checked",
        "case_code_accepted",
        "case_review",
        "case_approved",
        "case_ready",
    ]
    assert recorded.get(action="case_approved").actor == walk.decision.checker


def test_nobody_is_told_twice_and_a_quiet_tick_does_nothing(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    told = kinds()

    assert timers.tick(clock.now) == 0
    assert kinds() == told


def test_a_refused_attempt_is_told_to_the_owner_and_not_for_names_nobody_has(clock, walk, stranger):
    walk.in_session().answered(wrong_answer)
    stranger.in_session().answered(wrong_answer)

    timers.tick(clock.now)

    assert kinds() == ["case_started", "case_refused"]


def test_the_tick_is_one_of_those_the_worker_runs(clock, walk):
    walk.opened()

    assert periodic_tasks.run_all(clock.now) > 0
    assert kinds() == ["case_started"]


def test_one_tick_does_a_batch_and_the_next_one_the_rest(clock, walk, stranger, monkeypatch):
    monkeypatch.setattr(timers, "_BATCH", 2)
    for number in range(5):
        stranger.username = f"name-{number}"
        stranger.opened()
    clock.move(hours=72)

    assert [timers.tick(clock.now) for _tick in range(4)] == [2, 2, 1, 0]
    assert not Case.objects.filter(closed_at=None).exists()


def test_a_case_that_moved_before_its_clock_is_left_alone(clock, walk):
    walk.opened()
    clock.move(hours=72)
    walk.opened()
    timers.tick(clock.now)

    assert timers._move_one(walk.claim.case_id, now=clock.now) == 0
    assert Decision.objects.count() == 0


def test_an_owner_is_not_flooded_by_claims_that_are_opened_and_withdrawn(clock, walk):
    for _time in range(6):
        walk.opened()
        timers.tick(clock.now)
        claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=clock.now)
        timers.tick(clock.now)
        clock.move(seconds=5)

    assert kinds() == ["case_started", "case_closed"]
    assert SecurityEvent.objects.filter(action="case_opened").count() == 6
