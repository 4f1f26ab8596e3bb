"""The steps of setting up a Key share one flow in the record, whoever takes them and however it ends."""

import pytest

from accounts.actions.keys.enrolment import identity_proofing, steps
from accounts.enums import Action, EnrolmentState
from portal.audit.models import SecurityEvent
from portal.lib import hash_semaphore
from portal.outbox.models import Notice
from tests.accounts.enrolment_walk import ADD, FIRST, ORIGIN, TICKET, Walk, first, now

pytestmark = pytest.mark.django_db


def names(walk: Walk) -> list[str]:
    events = SecurityEvent.objects.filter(flow=walk.enrolment.flow, chain=f"user:{walk.user.pk}")
    return list(events.order_by("n").values_list("action", flat=True))


def test_the_first_key_is_one_flow_from_its_start_to_the_key(ben, clock):
    walk = first(ben).paired().confirmed()

    assert names(walk) == [
        Action.ENROLMENT_STARTED,
        Action.CODE_SENT,
        Action.CODE_ACCEPTED,
        Action.ENROLMENT_PROVED,
        Action.ENROLMENT_PROVED,
        Action.PHONE_PAIRED,
        Action.PHONE_MATCHED,
        Action.KEY_ENROLLED,
    ]


def test_one_that_is_given_up_ends_its_own_flow_and_no_other(ada, clock):
    left = Walk(ada.user, ADD).opened()
    steps.give_up(origin=ORIGIN, **left.owned)
    again = Walk(ada.user, ADD).begun()

    assert names(left)[-1] == Action.ENROLMENT_ENDED
    assert names(again) == [Action.ENROLMENT_STARTED, Action.CODE_SENT]


@pytest.mark.promise("LOCK-5")
def test_a_crowd_that_leaves_no_place_to_hash_the_answers_uses_up_no_try(ben, clock, settings, monkeypatch):
    def overloaded(*_given: object) -> None:
        raise hash_semaphore.HashingOverloaded

    walk = first(ben).begun().mailed()
    with monkeypatch.context() as crowd:
        crowd.setattr(identity_proofing, "is_right", overloaded)
        for _ in range(settings.PORTAL_FAILURE_LIMIT + 1):
            with pytest.raises(hash_semaphore.HashingOverloaded):
                walk.detailed()

    assert walk.detailed().state == EnrolmentState.OPEN


def test_an_identity_proved_a_moment_ago_is_not_proved_again(ben, clock):
    begun = steps.begin(
        user=ben.user, purpose=FIRST, binding=TICKET, proved_by="welcome letter", origin=ORIGIN, now=now()
    )

    event = SecurityEvent.objects.get(subject=ben.user, action=Action.ENROLMENT_STARTED)
    assert begun.state == EnrolmentState.OPEN
    assert event.facts["proved_by"] == "welcome letter"
    assert not Notice.objects.filter(user=ben.user).exists()
