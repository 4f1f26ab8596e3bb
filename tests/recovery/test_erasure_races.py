"""People are erased while a feed opens them again, and chains shortened while they grow: neither waits for ever."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.people import closing
from accounts.actions.privacy import erasure
from accounts.enums import Action
from accounts.models import Customer, User
from portal.audit import hash_chain, pruning
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from tests import factories
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-5")]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_somebody_is_either_erased_or_open_again(_round: int):
    number = factories.customer("ada").user.customer_id
    with transaction.atomic():
        closing.close_person(Customer.objects.get(pk=number), now=timezone.now())
    chosen = erasure.of_customer(Customer.objects.get(pk=number))

    def erase() -> bool:
        try:
            erasure.erase(chosen, now=timezone.now())
        except erasure.NotErasable:
            return False
        return True

    def reopen() -> bool:
        try:
            with transaction.atomic():
                closing.reopen_person(Customer.objects.get(pk=number), now=timezone.now())
        except IntegrityError:  # erased meanwhile: a feed looks again, and finds nobody of that number
            return False
        return True

    first, second, opened = at_once(erase, erase, reopen)

    user, customer = User.objects.get(), Customer.objects.get()
    assert first + second == (user.erased_at is not None) == (customer.erased_at is not None) == (not opened)
    assert (user.is_active, bool(customer.given_name)) == (opened, opened)
    assert list(hash_chain.faults()) == []


def test_a_chain_grows_while_it_is_shortened():
    user, now = factories.customer("ada").user, timezone.now()

    def append(*, at: object, times: int) -> None:
        for _time in range(times):
            with transaction.atomic():
                record(Action.CODE_USED, by=None, on=user, now=at)

    def prune() -> int:
        gone = 0
        while some := pruning.prune_some(before=now, limit=3, now=now):
            gone += some
        return gone

    append(at=now - timedelta(days=9), times=12)
    first, second, *_rest = at_once(prune, prune, *[lambda: append(at=now, times=5)] * 2)

    assert first + second + prune() == 12
    assert SecurityEvent.objects.count() == 10
    assert list(hash_chain.faults()) == []
