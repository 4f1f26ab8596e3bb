"""Who may use up whose tries, and what a refused call leaves behind."""

import pytest
from django.test import Client

from accounts.actions.keys import key_codes
from accounts.enums import CodePurpose
from accounts.models import UsedNonce
from accounts.refusals import CodeWrong, TooOften
from portal.lib import client as origins
from portal.lib import clock as portal_clock
from portal.throttle import limits
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone

pytestmark = pytest.mark.django_db


def decide(person: Person, code: str) -> None:
    now, purpose = portal_clock.now(), CodePurpose.STEP_UP
    key_codes.spend_code(user=person.user, code=code, purpose=purpose, origin=origins.Origin(), now=now)


def test_six_wrong_codes_at_the_log_in_leave_a_reviewers_decisions_open(reviewer: Person, clock: Clock) -> None:
    statuses = [factories.sign_in(Client(), reviewer, code="000000").status_code for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2

    decide(reviewer, reviewer.code())


def test_five_wrong_codes_of_a_decision_pause_decisions_and_not_the_log_in(reviewer: Person, clock: Clock) -> None:
    for _ in range(4):
        with pytest.raises(CodeWrong):
            decide(reviewer, "000000")
    for _ in range(2):
        with pytest.raises(TooOften):
            decide(reviewer, "000000")

    assert factories.sign_in(Client(), reviewer).status_code == 302


def test_a_right_code_forgets_the_wrong_ones_of_decisions(reviewer: Person, clock: Clock) -> None:
    with pytest.raises(CodeWrong):
        decide(reviewer, "000000")

    decide(reviewer, reviewer.code())

    assert not Throttle.objects.filter(limit="step-up").exists()


def test_a_stranger_who_walks_through_a_site_of_ipv6_is_paused(ada: Person, clock: Clock, settings: object) -> None:
    settings.PORTAL_SOURCE_LIMIT = 10
    hosts = [Client(REMOTE_ADDR=f"2001:db8:0:{number:x}::1") for number in range(41)]

    statuses = [factories.type_password(host, f"n{number}", "x").status_code for number, host in enumerate(hosts)]

    assert statuses == [200] * 39 + [429] * 2
    assert factories.sign_in(Client(REMOTE_ADDR="2001:db8:0:ff::1"), ada).status_code == 429
    assert factories.sign_in(Client(REMOTE_ADDR="2001:db8:0:100::1"), ada).status_code == 302


def test_a_new_phone_that_is_refused_for_its_limit_leaves_no_row(clock: Clock) -> None:
    for _ in range(limits.PAIRING.bounds.tries):
        Phone().pair("2222-2222")
    before = (UsedNonce.objects.count(), Throttle.objects.count())

    answers = {Phone().pair("2222-2222").status for _ in range(5)}

    assert answers == {429}
    assert (UsedNonce.objects.count(), Throttle.objects.count()) == before


def test_calls_that_look_at_no_code_cost_no_try_at_pairing(clock: Clock) -> None:
    phone = Phone()
    phone.fast = 1000

    assert phone.pair("2222-2222").cause == "Y2"
    assert Throttle.objects.get(limit="pairing").used == 0
