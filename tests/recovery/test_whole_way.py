"""The whole way back in, in actions."""

import pytest
from django.contrib.auth.hashers import check_password

from accounts.actions.authenticators import security_answers
from accounts.actions.people.replaced_contacts import remember_email
from accounts.enums import HoldScope
from portal.audit import hash_chain
from portal.lib import client
from portal.outbox.models import Notice
from recovery.actions import case_holds, objections, timers
from recovery.enums import Scope, State
from tests.recovery.conftest import NEW_PASSWORD


@pytest.mark.promise("CASE-6")
@pytest.mark.promise("CASE-7")
def test_who_lost_everything_gets_back_in_with_a_new_password_and_a_new_key(clock, walk, holder):
    old_key = holder.user.key_set.get()

    walk.ready(clock).started().opened_grant().completed()

    assert walk.state == State.HOLD
    holder.user.refresh_from_db()
    assert check_password(NEW_PASSWORD, holder.user.password)
    assert holder.user.key_set.get(confirmed=True).pk != old_key.pk
    assert list(hash_chain.faults()) == []


def test_the_hold_ends_by_itself_and_the_case_with_it(clock, walk):
    walk.ready(clock).started().opened_grant().completed()

    walk.waited(clock)

    assert walk.state == State.DONE
    assert not walk.case.holds.filter(lifted_at=None).exists()


@pytest.mark.promise("CASE-7")
def test_after_a_recovery_old_answers_count_no_more_and_contact_details_are_held(clock, walk, holder):
    assert security_answers.current(holder.user).exists()

    walk.ready(clock).started().opened_grant().completed()

    assert list(security_answers.current(holder.user)) == []
    assert security_answers.standing_of(holder.user, now=clock.now).was_replaced
    until = case_holds.held_until([holder.user.pk], HoldScope.CONTACT, clock.now)[holder.user.pk]
    assert until == walk.case.holds.get(scope=Scope.CONTACT).until
    assert case_holds.held_until([holder.user.pk], HoldScope.CONTACT, until) == {}


@pytest.mark.promise("CASE-5")
def test_the_former_address_is_told_of_a_case_with_a_stop_code_of_its_own(clock, walk, holder):
    remember_email(holder.user, "before@example.test", now=clock.now)
    walk.opened()
    timers.tick(clock.now)
    first, second = Notice.objects.filter(kind="case_started").order_by("pk")
    assert (first.target, second.target) == (holder.user.email, "before@example.test")
    assert first.facts["stop_code"] != second.facts["stop_code"]

    objections.stop_by_code(
        reference=second.reference, code=second.facts["stop_code"], origin=client.Origin(), now=clock.now
    )

    assert walk.state == State.CANCELLED
