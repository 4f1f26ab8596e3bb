"""The ways out of a password reset: help that keeps what was proved, and stopping."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recovery.enums import Purpose, ResetState
from recovery.models import Case, Claim, PasswordReset
from tests.factories import Person
from tests.recovery.conftest import NEW_PASSWORD
from tests.recovery.resetter import Resetter, at_key, at_password, page_of
from tests.recovery.test_intake import shape_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(clock, holder) -> Person:
    return holder


@pytest.mark.promise("RESET-5")
@pytest.mark.parametrize(("steps", "lost", "proofs"), [(0, [Purpose.PASSWORD], 0), (1, [Purpose.PASSWORD], 1)])
def test_help_keeps_what_was_proved(ada, steps, lost, proofs):
    owner = Resetter()
    owner.begins()
    if steps:
        owner.types_code()

    answer = owner.asks_for_help()

    claim = Claim.objects.get()
    assert page_of(answer) == "/recover/opened/"
    assert (claim.lost, claim.evidence.filter(method="mail").count()) == ([str(one) for one in lost], proofs)
    assert claim.password_reset.state == ResetState.ENDED


@pytest.mark.promise("RESET-5")
def test_whoever_cannot_confirm_with_the_key_asks_for_a_new_one_too(ada):
    at_key(ada).asks_for_help()

    assert Case.objects.get().purpose == Purpose.FULL


def test_help_answers_alike_for_a_name_nobody_has(ada):
    seen = []
    for username in ("warm-up", "ada", "zzz"):  # the first case of all writes its terms down
        browser = Resetter()
        browser.client.post("/reset/", {"username": username})
        with CaptureQueriesContext(connection) as queries:
            answer = browser.asks_for_help()
        seen.append((answer.redirect_chain, shape_of(queries)))

    assert seen[1] == seen[2]


def test_stopping_changes_nothing_and_ends_the_reset(ada):
    owner = at_password(ada)

    page = owner.client.post("/reset/stop/", follow=True)

    assert page_of(page) == "/login/"
    assert "ended" in page.request["QUERY_STRING"]
    assert PasswordReset.objects.latest("pk").state == ResetState.ENDED
    assert not User.objects.get(pk=ada.user.pk).check_password(NEW_PASSWORD)
