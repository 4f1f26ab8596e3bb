"""The whole way back in, in actions."""

import pytest
from django.contrib.auth.hashers import check_password

from accounts.actions.authenticators import security_answers
from portal.audit import hash_chain
from recovery.enums import State
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
def test_after_a_recovery_old_answers_count_no_more(clock, walk, holder):
    assert security_answers.current(holder.user).exists()

    walk.ready(clock).started().opened_grant().completed()

    assert list(security_answers.current(holder.user)) == []
    assert security_answers.standing_of(holder.user, now=clock.now).was_replaced
