"""Actions on one enrolment that meet never wait for each other."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from accounts.actions.keys.enrolment import steps
from accounts.models import Enrolment, User
from tests import factories
from tests.accounts.enrolment_walk import ADD, ORIGIN, Walk

pytestmark = pytest.mark.django_db(transaction=True)


STEPS = {
    "claim": (lambda walk: walk.opened().renewed(), lambda walk: walk.claimed()),
    "match": (lambda walk: walk.opened().renewed().claimed(), lambda walk: walk.matched()),
    "give up": (lambda walk: walk.opened(), lambda walk: steps.give_up(origin=ORIGIN, **walk.owned)),
}


@pytest.mark.race
@pytest.mark.postgres
@pytest.mark.parametrize("step", STEPS)
def test_a_step_waits_for_who_has_the_person_and_never_jams(step):
    before, action = STEPS[step]
    walk = before(Walk(factories.customer("jam").user, ADD))

    def alone() -> None:
        try:
            action(walk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=walk.user.pk)
            waiting = pool.submit(alone)
            time.sleep(0.5)  # by now the other has locked whatever it locks before the person
            Enrolment.objects.select_for_update().get(pk=walk.enrolment.pk)
        waiting.result()
