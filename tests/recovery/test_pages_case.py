"""What a claimant does on the page of a case."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from portal.throttle.models import Throttle
from recovery.models import Case
from tests.recovery.claimant import Claimant, asks_for_pin, at_desk, cause, leads_to, mailed, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimant(clock) -> Claimant:
    return Claimant()


def test_withdrawing_asks_first_and_closes_the_case(claimant, holder):
    claimant.asks()

    assert claimant.client.get("/recover/status/withdraw/").status_code == 200
    assert Case.objects.get().is_open

    assert shown(claimant.presses("status/withdraw/")) == "withdrawn"
    assert not Case.objects.get().is_open
    assert cause(claimant.presses("status/withdraw/")) == "A5"


def test_a_case_that_ran_out_says_so(claimant, holder, clock):
    from recovery.actions import timers

    claimant.asks()
    clock.move(hours=73)
    timers.tick(clock.now)

    assert shown(claimant.enters()) == "expired"


def test_a_claim_made_on_the_phone_takes_the_browser_and_a_pin_nobody_has_heard(claimant, walk, agent):
    walk.opened(by=agent.user)
    claimant.reference, claimant.pin = walk.claim.reference, walk.pin

    page = claimant.enters()
    assert claimant.claim.browser_digest
    assert leads_to(page, "status/pin/")

    answer = claimant.presses("status/pin/", pin=claimant.pin)
    new_pin = re.search(r"<code data-copy-text>(\d{6})</code>", answer.content.decode())[1]
    assert cause(Claimant().enters(claimant.reference, claimant.pin)) == "A7"
    assert shown(Claimant().enters(claimant.reference, new_pin)) == "open"


def test_a_wrong_pin_changes_none(claimant, holder):
    claimant.asks()

    answer = claimant.presses("status/pin/", pin="0" if claimant.pin != "0" else "1")

    assert cause(answer) == "A7"
    assert shown(Claimant().enters(claimant.reference, claimant.pin)) == "open"


def test_a_new_pin_closes_pages_that_the_old_one_opened(claimant, holder):
    claimant.asks()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)

    claimant.presses("status/pin/", pin=claimant.pin)

    assert asks_for_pin(other.looks())


def test_a_case_can_move_to_another_browser_early_and_not_late(claimant, walk):
    claimant.asks()
    other = Claimant()
    assert leads_to(other.enters(claimant.reference, claimant.pin), "status/browser/")

    assert not leads_to(other.presses("status/browser/"), "status/browser/")
    assert leads_to(claimant.looks(), "status/browser/")

    at_desk(walk, claimant).in_review()
    assert not leads_to(claimant.looks(), "status/browser/")
    assert cause(claimant.presses("status/browser/")) == "A5"


@pytest.mark.promise("CASE-3")
def test_the_e_mailed_code_is_typed_into_the_page(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    assert shown(claimant.looks()) == "possession"

    wrong = claimant.gives_code("000000")
    assert cause(wrong) == "R1"
    assert "/help/problem/email-code/" in wrong.content.decode()

    assert shown(claimant.gives_code()) == "statement"
    walk.stated()
    assert shown(claimant.looks()) == "review"


def test_the_code_is_taken_in_the_cases_own_browser_only(claimant, walk):
    claimant.asks()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)
    at_desk(walk, claimant).in_session().answered()
    claimant.presses("status/proof/mail/send/")

    answer = other.presses("status/proof/mail/", code=mailed("code", "code"))

    assert cause(answer) == "A6"
    assert walk.state == "possession"


def test_too_many_codes_wait_and_say_until_when(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    for _code in range(5):
        claimant.presses("status/proof/mail/send/")

    answer = claimant.presses("status/proof/mail/send/")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert cause(answer) == "T1"


def test_too_many_wrong_codes_wait_at_the_field(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    claimant.presses("status/proof/mail/send/")
    statuses = [claimant.presses("status/proof/mail/", code="000000").status_code for _try in range(6)]

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert Throttle.objects.filter(limit="email-code").exists()


def test_whoever_left_no_number_has_to_call_and_nobody_promises_a_time(claimant, holder):
    claimant.asks()

    answer = claimant.looks()

    assert shown(answer, "call") == "none"
    assert shown(answer, "turn") == "claimant"
    assert answer.context["claim_page"].by is None


def test_whoever_left_a_number_is_called_while_somebody_is_here(claimant, holder, clock, settings):
    settings.PORTAL_SUPPORT_HOURS = {"tue": "09:00-17:00"}
    claimant.asks(contact="+1 555 0199")

    answer = claimant.looks()

    assert shown(answer, "turn") == "agent"
    assert shown(answer, "call") == "expected"
    assert page_of_claim(claimant).by == datetime(2026, 3, 3, 9, tzinfo=ZoneInfo(settings.PORTAL_SUPPORT_TZ))


def test_a_desk_that_never_opens_promises_no_time(claimant, holder, settings):
    settings.PORTAL_SUPPORT_HOURS = {}
    claimant.asks(contact="+1 555 0199")

    assert page_of_claim(claimant).by is None


def page_of_claim(claimant):
    return claimant.looks().context["claim_page"]


def test_the_agent_is_named_until_the_statement_is_in(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    assert "<strong>Dana</strong>" in claimant.looks().content.decode()

    claimant.gives_code()
    assert "<strong>Dana</strong>" in claimant.looks().content.decode()

    walk.stated()
    assert shown(claimant.looks(), "call") == "none"


def test_a_code_that_is_on_its_way_is_said_to_be(claimant, walk, clock):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    assert shown(claimant.looks(), "code") == "none"

    claimant.presses("status/proof/mail/send/")
    assert shown(claimant.looks(), "code") == "sent"

    clock.move(hours=1)
    assert shown(claimant.enters(), "code") == "none"
