"""An agent who has heard a PIN has heard it, and gets nothing else of the claimant's with it."""

import re

import pytest

from recovery.actions import claims
from recovery.enums import State
from recovery.refusals import OtherBrowser
from tests.recovery.claimant import Claimant, cause, leads_to, mailed, shown, words
from tests.recovery.conftest import ORIGIN, now, right_answer
from tests.recovery.desk import START, STATEMENT, Seat


@pytest.fixture
def claimant(clock, holder) -> Claimant:
    someone = Claimant()
    someone.asks("ada")
    return someone


@pytest.fixture
def dana(agent) -> Seat:
    return Seat.of(agent)


def told(dana: Seat, claimant: Claimant) -> Claimant:
    """Tell the agent reference and PIN; return the agent, who types both into the claimant's page."""
    dana.client.post(START, {"reference": claimant.reference, "pin": claimant.pin})
    listener = Claimant()
    listener.enters(claimant.reference, claimant.pin)
    return listener


def new_pin(claimant: Claimant) -> str:
    answer = claimant.presses("status/pin/", pin=claimant.pin)
    return re.search(r"<code data-copy-text>(\d{6})</code>", answer.content.decode())[1]


def asked(dana: Seat, claimant: Claimant) -> None:
    """Bring the call to where the e-mailed code is due."""
    case = claimant.claim.case
    case.claim = claimant.claim
    dana.answer_all(case, right_answer)
    dana.do(case, "finish")


@pytest.mark.promise("CASE-6")
def test_a_pin_that_the_desk_has_typed_no_longer_counts_as_the_claimants_alone(claimant, dana):
    assert not claimant.claim.agent_knows_pin

    told(dana, claimant)

    assert claimant.claim.agent_knows_pin
    assert leads_to(claimant.looks(), "status/pin/")


@pytest.mark.parametrize("path", ["status/browser/", "status/pin/", "status/withdraw/", "status/proof/mail/send/"])
def test_whoever_heard_the_pin_can_do_nothing_in_another_browser(claimant, dana, path):
    listener = told(dana, claimant)
    asked(dana, claimant)
    before = claimant.claim

    answer = listener.presses(path, pin=claimant.pin)

    assert cause(answer) == "A6"
    after = claimant.claim
    assert (after.pin_hash, after.browser_digest, after.closed_at) == (before.pin_hash, before.browser_digest, None)


def test_the_page_elsewhere_says_where_the_case_goes_on(claimant, dana):
    listener = told(dana, claimant)

    page = listener.looks()

    assert shown(page, "browser") == "other"
    assert [path for path in ("browser/", "withdraw/", "pin/") if leads_to(page, f"status/{path}")] == []


def test_the_claimant_changes_the_pin_and_the_agents_page_is_shut(claimant, dana):
    listener = told(dana, claimant)

    claimant.pin = new_pin(claimant)

    assert not claimant.claim.agent_knows_pin
    assert not leads_to(claimant.looks(), "status/pin/")
    assert listener.looks().context["form"].is_bound is False
    assert shown(claimant.enters()) == "verifying"


def test_a_case_whose_channel_was_shown_moves_to_no_other_browser(claimant, dana):
    told(dana, claimant)
    claimant.pin = new_pin(claimant)
    asked(dana, claimant)
    claimant.gives_code()

    other = Claimant()
    assert not leads_to(other.enters(claimant.reference, claimant.pin), "status/browser/")
    assert cause(other.presses("status/browser/")) == "A6"
    with pytest.raises(OtherBrowser):
        claims.bind_browser(claim=claimant.claim, browser="third", origin=ORIGIN, now=now())


@pytest.mark.promise("CASE-6")
def test_after_a_call_the_page_asks_for_a_new_pin_and_then_starts(claimant, dana, walk, clock):
    told(dana, claimant)
    asked(dana, claimant)
    claimant.gives_code()
    dana.do(claimant.claim.case, "statement", **STATEMENT)
    walk.claim = claimant.claim
    walk.approved(clock).waited(clock)

    assert leads_to(claimant.enters(), "status/pin/")
    claimant.pin = new_pin(claimant)
    claimant.begins()
    claimant.opens_grant(mailed("case_grant_part", "part"))

    assert walk.state == State.ENROLLING


def test_a_set_up_is_left_in_its_own_browser_only(claimant, dana, walk, clock):
    walk.claim = claimant.claim
    walk.pin = claimant.pin
    walk.ready(clock)
    claimant.enters()
    claimant.begins()
    claimant.opens_grant()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)

    other.presses("finish/leave/")

    assert walk.state == State.ENROLLING


def test_a_strangers_claim_looks_the_same_whatever_the_real_one_comes_to(claimant, walk):
    walk.in_session()
    stranger = Claimant()
    stranger.asks("ada")
    elsewhere = Claimant()
    before = words(elsewhere.enters(stranger.reference, stranger.pin))
    assert leads_to(elsewhere.looks(), "status/browser/")

    walk.answered().stated().with_mail_code()

    assert walk.state == State.REVIEW
    assert words(elsewhere.looks()) == before
