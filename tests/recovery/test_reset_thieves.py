"""Who steals one or two of what a reset asks for gets nowhere, and the owner is told."""

import pytest
from django.conf import settings

from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from recovery.enums import ResetState
from recovery.models import PasswordReset
from tests import factories
from tests.factories import Person
from tests.recovery.claimant import cause
from tests.recovery.resetter import Resetter, at_key, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(clock, holder) -> Person:
    return holder


def state() -> str:
    return PasswordReset.objects.latest("pk").state


@pytest.mark.promise("RESET-3")
@pytest.mark.asvs("6.3.5")
@pytest.mark.asvs("6.3.6")
def test_a_thief_with_the_mailbox_fails_at_the_details_and_the_owner_is_told_on_the_phone(ada):
    row = factories.phone(ada)
    row.subscription = {"endpoint": "https://fcm.googleapis.com/x", "p256dh": "x", "auth": "x"}
    row.save()
    thief = Resetter()
    thief.begins()
    thief.types_code()

    answers = [thief.answers(first_school="Eton") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert cause(answers[0]) == "R2"
    assert "/help/problem/cannot-finish-reset/" in answers[0].content.decode()
    assert state() == ResetState.ENDED
    assert sorted(Notice.objects.filter(kind="reset_failed").values_list("channel", flat=True)) == ["email", "push"]
    assert SecurityEvent.objects.filter(subject=ada.user, action="reset_failed").count() == 1
    again = Resetter()
    again.begins()
    again.types_code()
    assert again.answers().status_code == 429


@pytest.mark.promise("RESET-3")
@pytest.mark.asvs("6.4.3")
def test_a_thief_with_mailbox_and_answers_fails_at_the_key(ada):
    thief = at_key(ada)

    answers = [thief.types_key_code(code="000000") for _ in range(settings.PORTAL_FAILURE_LIMIT)]

    assert answers[-1].status_code == 409
    assert state() == ResetState.ENDED
    assert Notice.objects.filter(kind="reset_failed").exists()


def test_a_thief_with_the_answers_or_the_phone_alone_never_reaches_them(ada):
    thief = Resetter()
    thief.begins()

    assert page_of(thief.answers()) == "/reset/code/"
    assert page_of(thief.types_key_code(ada)) == "/reset/code/"
    assert page_of(thief.chooses()) == "/reset/code/"


def test_a_mailbox_gets_twenty_codes_a_day_from_strangers_at_most(ada, clock):
    for _ in range(30):
        Resetter().begins()
        clock.move(minutes=15)

    assert Notice.objects.filter(kind="reset_code").count() == 20
