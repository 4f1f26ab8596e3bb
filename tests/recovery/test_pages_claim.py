"""Asking for help, and the page of a case: the same for every name, nothing lost, nothing told."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.hashers import PortalArgon2Hasher
from accounts.models import PlatformSession
from recovery.models import Case, Claim
from tests.lint_html import problems
from tests.recovery.claimant import Claimant, at_desk, words
from tests.recovery.conftest import wrong_answer

pytestmark = pytest.mark.django_db

MASKS = (
    r'name="csrfmiddlewaretoken" value="[^"]+"',
    r"RC-[0-9CDFGHJKMNPQRTVWX]{4}-[0-9CDFGHJKMNPQRTVWX]{4}",
    r"(?<=<code data-copy-text>)[^<]+",
)


def masked(answer: object) -> str:
    text = answer.content.decode()
    for pattern in MASKS:
        text = re.sub(pattern, "*", text)
    return text


@pytest.fixture
def claimant(clock) -> Claimant:
    return Claimant()


@pytest.mark.promise("CASE-1")
def test_who_asks_gets_a_reference_a_pin_and_the_agents_words_once(claimant, holder):
    answer = claimant.asks()

    assert answer.redirect_chain == [("/recover/opened/", 302)]
    assert claimant.claim.phrase in words(answer)
    assert re.fullmatch(r"\d{6}", claimant.pin)
    assert settings.PORTAL_SUPPORT_PHONE in words(answer)
    again = claimant.client.get("/recover/opened/", follow=True)
    assert again.redirect_chain == [("/recover/status/", 302)]
    assert claimant.pin not in again.content.decode()


@pytest.mark.promise("CASE-1")
def test_asking_opens_no_session_and_sends_no_name_along_in_an_address(claimant, holder):
    answer = claimant.asks()

    assert PlatformSession.objects.count() == 0
    assert settings.SESSION_COOKIE_NAME not in claimant.client.cookies
    assert all("ada" not in url and "?" not in url for url, _status in answer.redirect_chain)


def test_what_the_browser_keeps_is_encrypted_and_for_us_alone(claimant, holder):
    claimant.asks()

    for name in ("case-page", "case-browser"):
        cookie = claimant.client.cookies[f"{settings.PORTAL_COOKIE_PREFIX}{name}"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
        assert claimant.pin not in cookie.value
        assert claimant.reference not in cookie.value


def _cost_of_asking(username: str) -> tuple[str, list[str], int]:
    claimant = Claimant(REMOTE_ADDR="198.51.100.9")
    with CaptureQueriesContext(
        connection,
    ) as run:
        page = masked(claimant.asks(username))
        later = masked(claimant.enters())
    return page, [re.sub(r"\d+|'[^']*'", "?", query["sql"])[:60] for query in run], later


@pytest.mark.promise("CASE-1")
def test_known_and_unknown_names_get_the_same_bytes_for_the_same_work(clock, holder):
    _cost_of_asking("somebody")  # fills the caches and writes the terms

    known, unknown = _cost_of_asking("ada"), _cost_of_asking("nobody")

    assert known == unknown


def test_a_second_request_looks_like_a_first_one(clock, holder):
    first, second = masked(Claimant().asks()), masked(Claimant().asks())

    assert first == second
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"username": "", "lost": ["key"]}, 200, "Fill in this field."),
        ({"username": "a" * 151, "lost": ["key"]}, 400, "Use fewer characters."),
        ({"username": "a\x00b", "lost": ["key"]}, 200, "We cannot read this"),
        ({"username": "ada", "contact": "1" * 201, "lost": ["key"]}, 400, "Use fewer characters."),
        ({"username": "ada"}, 200, "Choose one or both."),
        ({"username": "ada", "lost": ["purse"]}, 400, "We cannot read this"),
        ({}, 200, "Fill in this field."),
    ],
)
def test_a_wrong_request_says_so_at_the_field_and_keeps_what_was_typed(claimant, fields, status, said):
    answer = claimant.client.post("/recover/", fields)

    assert answer.status_code == status
    assert said in words(answer)
    assert "/help/problem/form-problem/" in answer.content.decode()
    assert problems(answer.content.decode()) == []
    assert Claim.objects.count() == 0
    if fields.get("username") == "ada":
        assert 'value="ada"' in answer.content.decode()


def test_too_many_requests_from_one_network_wait_and_lose_nothing(claimant):
    for number in range(20):
        claimant.asks(f"name{number}")

    answer = claimant.client.post("/recover/", {"username": "ada", "lost": ["key"], "contact": "555 0100"})

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= settings.PORTAL_LOCKOUT_MINUTES * 60
    assert "Too many tries" in words(answer)
    assert 'value="555 0100"' in answer.content.decode()


@pytest.mark.promise("CASE-1")
def test_reference_and_pin_open_the_page_in_any_spelling(claimant, holder):
    claimant.asks()
    other = Claimant()

    typed = claimant.reference.lower().replace("-", " ")
    answer = other.enters(typed, f" {claimant.pin[:3]} {claimant.pin[3:]} ")

    assert "We have your request" in words(answer)
    assert problems(answer.content.decode()) == []


def test_wrong_and_unknown_pairs_get_one_answer_with_the_tries_left(claimant, holder):
    claimant.asks()
    wrong_pin = "000000" if claimant.pin != "000000" else "000001"
    tried = [(claimant.reference, wrong_pin), (_unknown_reference(), claimant.pin)]

    answers = {re.sub(r'value="[^"]*"', "", masked(Claimant().enters(*pair))) for pair in tried}

    assert len(answers) == 1
    said = answers.pop()
    assert "The reference or the PIN is not right" in said
    assert "Tries left: 4." in said


def test_what_cannot_be_a_reference_takes_no_try(claimant, holder):
    claimant.asks()

    said = words(claimant.enters("nonsense"))

    assert "The reference or the PIN is not right" in said
    assert "left" not in said


@pytest.mark.parametrize("is_known", [True, False])
def test_five_wrong_pins_lock_a_reference_for_good_known_or_not(claimant, holder, clock, is_known):
    claimant.asks()
    reference = claimant.reference if is_known else _unknown_reference()
    wrong_pin = "000000" if claimant.pin != "000000" else "000001"
    other = Claimant()
    said = [other.enters(reference, wrong_pin) for _try in range(5)]
    clock.move(days=2)

    answer = other.enters(reference, claimant.pin)

    assert [answer.status_code for answer in said] == [200, 200, 200, 200, 429]
    assert "One try is left. After that, this reference is locked" in words(said[3])
    assert answer.status_code == 429
    assert "This reference is locked" in words(answer)
    assert "/help/problem/recovery-case/" in answer.content.decode()


def _unknown_reference() -> str:
    from recovery.actions import one_time_secrets

    return one_time_secrets.claim_reference()


def test_a_wrong_pin_is_not_shown_again_as_typed_but_the_reference_is(claimant, holder):
    claimant.asks()

    answer = Claimant().client.post("/recover/status/", {"reference": claimant.reference, "pin": "1" * 61})

    assert answer.status_code == 400
    assert claimant.reference in answer.content.decode()
    assert "1" * 61 not in answer.content.decode()


def test_the_page_closes_after_an_hour_and_on_leaving(claimant, holder, clock):
    claimant.asks()
    clock.move(minutes=61)
    assert "Type the reference and the PIN" in words(claimant.looks())

    assert "We have your request" in words(claimant.enters())
    claimant.presses("status/leave/")
    assert "Type the reference and the PIN" in words(claimant.looks())


def test_a_page_cookie_cannot_be_made_up_or_used_for_another_purpose(claimant, holder):
    claimant.asks()
    jar = claimant.client.cookies
    prefix = settings.PORTAL_COOKIE_PREFIX
    other = Client()
    for value in ("", "x", "v1:a:b", jar[f"{prefix}case-page"].value[:-4] + "AAAA"):
        other.cookies[f"{prefix}case-page"] = value
        assert "Type the reference and the PIN" in words(other.get("/recover/status/"))

    other.cookies[f"{prefix}case-set-up"] = jar[f"{prefix}case-page"].value
    assert "This set-up pass does not work" in words(other.get("/recover/finish/new/"))


def test_the_page_names_the_agent_and_the_words_while_they_talk(claimant, walk):
    claimant.asks()
    assert "none of our agents" in words(claimant.looks())

    at_desk(walk, claimant).in_session()

    page = words(claimant.looks())
    assert "You are talking to Dana" in page
    assert claimant.claim.phrase in page


@pytest.mark.promise("CASE-3")
def test_not_confirmed_reads_the_same_for_wrong_answers_and_for_nobody(claimant, walk, stranger):
    other = Claimant()
    claimant.asks("ada")
    other.asks("nobody")
    at_desk(walk, claimant).in_session().answered(wrong_answer)
    at_desk(stranger, other).in_session().answered(wrong_answer)

    assert masked(claimant.looks()) == masked(other.looks())
    assert "We could not confirm that it is you" in words(claimant.looks())


def test_a_request_that_the_owner_stopped_reads_like_one_that_was_not_confirmed(claimant, walk, stranger, holder):
    from recovery.actions import objections
    from tests.recovery.conftest import ORIGIN, now

    other = Claimant()
    claimant.asks("ada")
    other.asks("nobody")
    at_desk(stranger, other).in_session().answered(wrong_answer)
    objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now())

    assert masked(claimant.looks()) == masked(other.looks())


@pytest.mark.promise("CASE-1")
def test_another_claim_on_the_same_name_learns_nothing_of_the_case(claimant, walk):
    stranger = Claimant(REMOTE_ADDR="203.0.113.5")
    claimant.asks()
    stranger.asks()
    before = masked(stranger.looks())

    at_desk(walk, claimant).in_review()

    assert masked(stranger.looks()) == before
    assert "A second person looks at your case" in words(claimant.looks())


@pytest.mark.parametrize(
    "path", ["status/code/send/", "status/browser/", "status/leave/", "finish/begin/", "finish/leave/", "mine/stop/"]
)
def test_what_acts_takes_no_get(client, path):
    assert client.get(f"/recover/{path}").status_code == 405


@pytest.mark.parametrize("path", ["", "status/", "stop/", "finish/new/", "status/code/"])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, path, method):
    assert getattr(client, method)(f"/recover/{path}").status_code == 405


@pytest.mark.parametrize(
    "path",
    ["", "status/", "status/code/", "status/code/send/", "status/withdraw/", "stop/", "finish/", "finish/new/"],
)
def test_a_post_from_elsewhere_is_refused(claimant, holder, path):
    claimant.asks()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = claimant.client.cookies

    assert strict.post(f"/recover/{path}", {"username": "ada"}).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["status/code/", "status/withdraw/", "status/pin/", "opened/", "finish/"],
)
def test_without_an_open_page_reference_and_pin_are_asked_for(client, path):
    answer = client.get(f"/recover/{path}", follow=True)

    assert "Type the reference and the PIN" in words(answer)


@pytest.mark.parametrize("path", ["", "status/", "stop/", "stop/thanks/"])
def test_a_page_for_everybody_is_well_formed_and_kept_by_nobody(client, path):
    answer = client.get(f"/recover/{path}")

    assert problems(answer.content.decode()) == []
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def _cost_of_a_wrong_pin(reference: str) -> tuple[int, int]:
    """How many statements and slow hashes one refused try takes."""
    hashes = []
    with CaptureQueriesContext(connection) as run, pytest.MonkeyPatch.context() as patch:
        encode = PortalArgon2Hasher.encode
        patch.setattr(PortalArgon2Hasher, "encode", lambda *args: hashes.append(1) or encode(*args))
        verify = PortalArgon2Hasher.verify
        patch.setattr(PortalArgon2Hasher, "verify", lambda *args: hashes.append(1) or verify(*args))
        answer = Claimant().enters(reference, "abc")
    assert "The reference or the PIN is not right" in words(answer)
    return len(run), len(hashes)


def test_a_wrong_pin_costs_as_much_as_an_unknown_reference(claimant, holder):
    claimant.asks()

    assert _cost_of_a_wrong_pin(claimant.reference) == _cost_of_a_wrong_pin(_unknown_reference())
    assert _cost_of_a_wrong_pin(_unknown_reference())[1] == 1
