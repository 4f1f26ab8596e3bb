"""A thief with everything gets in; the owner stops it and gets back in, and the thief does not."""

import pytest
from django.test import Client

from accounts.actions import purging
from accounts.models import User
from portal.audit import hash_chain, sealed_words
from recovery.actions import objections, timers
from recovery.enums import State
from recovery.models import Case, Event
from tests import factories
from tests.recovery.conftest import NEW_SEED, ORIGIN, REASON, now
from tests.recovery.test_objections import newest, stop


@pytest.fixture
def stolen(clock, walk, holder, lee, kim):
    """A case that a thief completed, that the owner stopped, and that two seniors refused."""
    walk.ready(clock).started().opened_grant().completed()
    timers.tick(clock.now)
    stop(newest("case_completed"))
    for senior in (lee, kim):
        objections.refuse_contested(case=walk.case, reason=REASON, by=senior.user, origin=ORIGIN, now=now())
    walk.claim = None
    return walk


@pytest.mark.promise("CASE-5")
@pytest.mark.promise("CASE-7")
def test_an_owner_who_stopped_a_finished_recovery_gets_back_in_by_one_of_their_own(clock, stolen, holder):
    clock.move(days=2)
    stolen.ready(clock).started().opened_grant().completed(password="Mine-Again-For-Ever-1")

    holder.user.refresh_from_db()
    assert holder.user.suspended_at is None
    assert holder.user.key_set.filter(confirmed=True).count() == 1
    assert stolen.state == State.HOLD
    assert stolen.case.tier == 2
    assert Case.objects.filter(state=State.REFUSED).count() == 1


def test_why_two_seniors_refused_is_on_the_record_and_the_record_is_whole(stolen):
    refusals = Event.objects.filter(action__in=["refusal_proposed", "contest_refused"])

    assert [facts["reason"] for facts in sealed_words.facts_of(refusals).values()] == [REASON, REASON]
    assert list(hash_chain.faults()) == []


def test_the_case_is_kept_while_the_owner_is_suspended_since_the_objection(clock, stolen, holder, settings):
    """Without it a recovery after many years would leave them suspended."""
    clock.move(days=settings.PORTAL_KEEP_CASES_DAYS, minutes=1)
    assert dict(purging.count(now=now()))["cases"] == 0

    User.objects.filter(pk=holder.user.pk).update(suspended_at=None)

    assert dict(purging.count(now=now()))["cases"] == 1


def test_a_hold_the_firm_placed_outlives_a_recovery(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    holder.user.suspended_at = clock.now
    holder.user.save(update_fields=["suspended_at"])

    walk.completed()

    holder.user.refresh_from_db()
    assert holder.user.suspended_at == clock.now


def test_the_thief_who_finished_cannot_sign_in_while_the_objection_stands(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    timers.tick(clock.now)
    stop(newest("case_completed"))

    holder.user.refresh_from_db()
    thief = factories.Person(holder.user, "Nine-Lanterns-Over-Water-7", NEW_SEED)

    factories.sign_in(Client(), thief)

    assert not holder.user.sessions.exists()
