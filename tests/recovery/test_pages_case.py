"""What a claimant does on the page of a case."""

import re

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
    from recovery.actions import clocks

    claimant.asks()
    clock.move(hours=73)
    clocks.tick(clock.now)

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
    assert "That was too often" in words(answer)


def test_too_many_wrong_codes_wait_at_the_field(claimant, walk):
    claimant.asks()
    at_desk(walk, claimant).in_session().answered()
    claimant.presses("status/code/send/")
    statuses = [claimant.presses("status/code/", code="000000").status_code for _try in range(6)]

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert Throttle.objects.filter(budget="email-code").exists()
