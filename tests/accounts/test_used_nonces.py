"""What may be used once is used once, however many try."""

from functools import partial

import pytest
from django.core.management import call_command

from accounts.actions import used_nonces
from accounts.models import UsedNonce
from portal.lib import clock as portal_clock
from tests.conftest import Clock
from tests.races import AT_ONCE, ROUNDS, at_once


@pytest.mark.django_db
def test_the_first_use_counts_and_no_later_one(clock: Clock):
    assert used_nonces.use_once("call", "a", now=clock.now)
    assert not used_nonces.use_once("call", "a", now=clock.move(hours=1))


@pytest.mark.django_db
def test_equal_values_of_two_kinds_are_two_values(clock: Clock):
    assert used_nonces.use_once("call", "a", now=clock.now)
    assert used_nonces.use_once("challenge", "a", now=clock.now)


@pytest.mark.django_db
def test_the_value_itself_is_not_kept(clock: Clock):
    used_nonces.use_once("call", "a-nonce", now=clock.now)

    assert "a-nonce" not in UsedNonce.objects.get().digest


@pytest.mark.django_db
def test_purging_takes_what_nothing_asks_for_any_more(clock: Clock):
    used_nonces.use_once("call", "old", now=clock.now)
    clock.move(hours=24, seconds=1)
    used_nonces.use_once("call", "young", now=clock.now)

    call_command("portal_purge")

    assert not used_nonces.use_once("call", "young", now=clock.now)
    assert UsedNonce.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_twenty_uses_at_once_one_is_the_first():
    for number in range(ROUNDS):
        use = partial(used_nonces.use_once, "call", f"nonce {number}", now=portal_clock.now())

        firsts = at_once(*[use] * AT_ONCE)

        assert firsts.count(True) == 1
