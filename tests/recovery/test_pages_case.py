"""What a claimant does on the page of a case."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Throttle
from recovery.models import Case
from tests.recovery.claimant import Claimant, at_desk, mailed, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimant(clock) -> Claimant:
    return Claimant()


def test_withdrawing_asks_first_and_closes_the_case(claimant, holder):
    claimant.asks()

    question = claimant.client.get("/recover/status/withdraw/")
    assert "Withdraw your request?" in words(question)
    assert Case.objects.get().is_open

    assert "You withdrew this request" in words(claimant.presses("status/withdraw/"))
    assert not Case.objects.get().is_open
    assert "This step is not open now" in words(claimant.presses("status/withdraw/"))


def test_a_case_that_ran_out_says_so(claimant, holder, clock):
    from recovery.actions import timers

    claimant.asks()
    clock.move(hours=73)
    timers.tick(clock.now)

    assert "The time for this case is over" in words(claimant.enters())


def test_a_claim_made_on_the_phone_takes_the_browser_and_a_pin_nobody_has_heard(claimant, walk, agent):
    walk.opened(by=agent.user)
    claimant.reference, claimant.pin = walk.claim.reference, walk.pin

    page = claimant.enters()
    assert claimant.claim.browser_digest
    assert "Your PIN was said on the phone" in words(page)

    answer = claimant.presses("status/pin/", pin=claimant.pin)
    new_pin = re.search(r"<code data-copy-text>(\d{6})</code>", answer.content.decode())[1]
    assert "The reference or the PIN is not right" in words(Claimant().enters(claimant.reference, claimant.pin))
    assert "We have your request" in words(Claimant().enters(claimant.reference, new_pin))


def test_a_wrong_pin_changes_none(claimant, holder):
    claimant.asks()

    answer = claimant.presses("status/pin/", pin="0" if claimant.pin != "0" else "1")

    assert "The reference or the PIN is not right" in words(answer)
    assert "We have your request" in words(Claimant().enters(claimant.reference, claimant.pin))


def test_a_new_pin_closes_pages_that_the_old_one_opened(claimant, holder):
    claimant.asks()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)

    claimant.presses("status/pin/", pin=claimant.pin)

    assert "Type the reference and the PIN" in words(other.looks())


def test_a_case_can_move_to_another_browser_early_and_not_late(claimant, walk):
    claimant.asks()
    other = Claimant()
    assert "Go on in this browser instead" in words(other.enters(claimant.reference, claimant.pin))

    assert "Your case goes on in this browser now" in words(other.presses("status/browser/"))
    assert "Go on in this browser instead" in words(claimant.looks())

    at_desk(walk, claimant).in_review()
    assert "Go on in this browser instead" not in words(claimant.looks())
    assert "This step is not open now" in words(claimant.presses("status/browser/"))


@pytest.mark.promise("CASE-3")
def test_the_e_mailed_code_is_typed_into_the_page(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    assert "Type the code from our e-mail" in words(claimant.looks())

    wrong = claimant.gives_code("000000")
    assert "That e-mailed code does not work" in words(wrong)
    assert "/help/problem/email-code/" in wrong.content.decode()

    assert "Thank you, your code was right" in words(claimant.gives_code())
    walk.stated()
    assert "A second person looks at your case" in words(claimant.looks())


def test_the_code_is_taken_in_the_cases_own_browser_only(claimant, walk):
    claimant.asks()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)
    at_desk(walk, claimant).in_session().answered()
    claimant.presses("status/code/send/")

    answer = other.presses("status/code/", code=mailed("code", "code"))

    assert "This case belongs to another browser" in words(answer)
    assert walk.state == "possession"


def test_too_many_codes_wait_and_say_until_when(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    for _code in range(5):
        claimant.presses("status/code/send/")

    answer = claimant.presses("status/code/send/")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Too many tries" in words(answer)


def test_too_many_wrong_codes_wait_at_the_field(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    claimant.presses("status/code/send/")
    statuses = [claimant.presses("status/code/", code="000000").status_code for _try in range(6)]

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert Throttle.objects.filter(budget="email-code").exists()


def test_whoever_left_no_number_has_to_call_and_nobody_promises_a_time(claimant, holder):
    said = words(claimant.asks()) and words(claimant.looks())

    assert "Whose turn it is You: call us" in said
    assert "By when" not in said


def test_whoever_left_a_number_is_called_while_somebody_is_here(claimant, holder, clock, settings):
    settings.PORTAL_SUPPORT_HOURS = {"tue": "09:00-17:00"}
    claimant.asks(contact="+1 555 0199")

    said = words(claimant.looks())

    assert "Whose turn it is An agent" in said
    assert "One of our agents may call you" in said
    assert "none of our agents" not in said
    assert standing_of_page(claimant).by == datetime(2026, 3, 3, 9, tzinfo=ZoneInfo(settings.PORTAL_SUPPORT_TZ))


def test_a_desk_that_never_opens_promises_no_time(claimant, holder, settings):
    settings.PORTAL_SUPPORT_HOURS = {}
    claimant.asks(contact="+1 555 0199")

    assert standing_of_page(claimant).by is None


def standing_of_page(claimant):
    return claimant.looks().context["standing"]


def test_the_agent_is_named_until_the_statement_is_in(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    assert "You are talking to Dana" in words(claimant.looks())

    claimant.gives_code()
    assert "You are talking to Dana" in words(claimant.looks())

    walk.stated()
    assert "none of our agents" in words(claimant.looks())


def test_a_code_that_is_on_its_way_is_said_to_be(claimant, walk, clock):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    assert "1. Have a code sent" in words(claimant.looks())

    claimant.presses("status/code/send/")
    assert "1. A code is on its way" in words(claimant.looks())

    clock.move(hours=1)
    assert "1. Have a code sent" in words(claimant.enters())
