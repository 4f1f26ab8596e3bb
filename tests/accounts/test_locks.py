"""Actions that meet and need not wait for each other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from accounts.actions.authenticators import emailed_code
from accounts.enums import CodePurpose
from accounts.models import EmailedCode, User
from portal.outbox.models import Notice
from tests import factories, notices
from tests.accounts.enrolment_walk import ADD, ORIGIN, Walk, now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.race
@pytest.mark.postgres
@pytest.mark.parametrize("also", [False, True])
def test_what_names_a_person_who_is_locked_does_not_wait(also):
    owner, other = factories.customer("owner"), factories.customer("other", has_key=False)
    User.objects.filter(pk=other.user.pk).update(customer=owner.user.customer)
    named = Walk(owner.user, ADD, also=[other.user] if also else [])

    def alone() -> None:
        try:
            named.begun() if also else notices.email(other.user, now=now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        User.objects.select_for_update().get(pk=other.user.pk)
        pool.submit(alone).result(timeout=60)


@pytest.mark.race
@pytest.mark.parametrize("number", range(10))
def test_codes_that_are_sent_while_others_are_dropped_all_go_out(number):
    user, purpose = factories.customer(f"mailed{number}").user, CodePurpose.ENROL

    def alone(index: int) -> None:
        try:
            if index % 2:
                return emailed_code.drop(user=user, purpose=purpose)
            return emailed_code.send(user=user, purpose=purpose, by=None, origin=ORIGIN, now=now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(alone, range(8)))

    assert Notice.objects.filter(user=user, kind="code").count() == 4
    assert EmailedCode.objects.filter(user=user).count() <= 1
