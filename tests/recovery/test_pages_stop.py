"""The owner says that it was not them."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notice, PlatformSession, User
from recovery.actions import timers
from recovery.enums import State
from tests.factories import signed_in
from tests.lint_html import problems
from tests.recovery.claimant import words

pytestmark = pytest.mark.django_db

THANKS = [("/recover/stop/thanks/", 302)]


def notice(kind: str = "case_started") -> Notice:
    timers.tick(timezone.now())
    return Notice.objects.filter(kind=kind).latest("pk")


def stop(reference: str, code: str) -> object:
    return Client().post("/recover/stop/", {"reference": reference, "code": code}, follow=True)


@pytest.mark.promise("CASE-5")
def test_the_code_of_any_message_stops_the_case(walk):
    walk.opened()
    message = notice()

    answer = stop(message.reference.lower(), message.facts["stop_code"].replace(" ", "-"))

    assert answer.redirect_chain == THANKS
    assert walk.state == State.CANCELLED


def test_after_a_code_the_page_says_how_one_knows_that_it_worked(client):
    page = words(client.get("/recover/stop/thanks/"))

    assert "an e-mail says so within minutes" in page
    assert "Type the code again, or call us" in page


def test_looking_at_the_page_stops_nothing(walk, client):
    walk.opened()

    assert client.get("/recover/stop/").status_code == 200
    assert walk.state == State.OPEN


@pytest.mark.promise("CASE-5")
def test_right_used_wrong_and_unknown_codes_get_the_same_page(walk):
    walk.opened()
    message = notice()
    code = message.facts["stop_code"]
    tried = [(message.reference, "2222 2222 2222"), (message.reference, code), (message.reference, code)]

    answers = [stop(*pair) for pair in [*tried, ("N-7F3K-2Q9C", code)]]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert {tuple(answer.redirect_chain) for answer in answers} == {tuple(THANKS)}


@pytest.mark.parametrize(
    ("reference", "code", "status", "said"),
    [
        ("", "2222 2222 2222", 200, "Fill in this field."),
        ("N-7F3K-2Q9C", "", 200, "Fill in this field."),
        ("N-7F3K-2Q9", "2222 2222 2222", 200, "It looks like N-7F3K-2Q9C."),
        ("RC-7F3K-2Q9C", "2222 2222 2222", 200, "It looks like N-7F3K-2Q9C."),
        ("N-7F3K-2Q9C", "2222 2222 222", 200, "it has twelve signs"),
        ("N-7F3K-2Q9C", "2222 2222 222A", 200, "it has twelve signs"),
        ("N" * 61, "2222", 400, "Use fewer characters."),
        ("N-7F3K-2Q9C\x00", "2222", 200, "We cannot read this"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field(client, reference, code, status, said):
    answer = client.post("/recover/stop/", {"reference": reference, "code": code})

    assert answer.status_code == status
    assert said in words(answer)
    assert problems(answer.content.decode()) == []


@pytest.mark.promise("CASE-5")
def test_an_owner_who_signs_in_is_asked_and_stops_it_with_one_button(walk, holder):
    walk.opened()
    owner = signed_in(holder)
    assert "Someone asked to recover your account" in words(owner.get("/"))
    page = owner.get("/recover/mine/")
    assert problems(page.content.decode()) == []

    answer = owner.post("/recover/mine/stop/", follow=True)

    assert answer.redirect_chain == THANKS
    assert walk.state == State.CANCELLED
    assert "Somebody asked to get back" not in words(owner.get("/"))


def test_an_owner_who_is_back_closes_the_case(walk, holder):
    walk.opened()

    answer = signed_in(holder).post("/recover/mine/close/", follow=True)

    assert "Your request is closed" in words(answer)
    assert walk.state == State.WITHDRAWN


@pytest.mark.promise("CASE-5")
def test_an_objection_after_completion_signs_out_and_holds_the_account(walk, holder, clock):
    walk.ready(clock).started().opened_pass().completed()
    owner = signed_in(_as_now(holder))
    page = words(owner.get("/recover/mine/"))
    assert "were set up for your account" in page
    assert "Yes, that was me" not in page

    owner.post("/recover/mine/stop/")

    assert walk.state == State.CONTESTED
    assert PlatformSession.objects.filter(user=holder.user).count() == 0
    assert User.objects.get(pk=holder.user.pk).suspended_at


def _as_now(person):
    person.user.refresh_from_db()
    return person


def test_a_stopped_case_says_that_people_look_at_it(walk, holder, clock):
    walk.in_review()
    owner = signed_in(holder)
    owner.post("/recover/mine/stop/")

    assert "Two senior colleagues look at it" in words(owner.get("/recover/mine/"))
    assert "it is at another step" in words(owner.post("/recover/mine/stop/", follow=True))


@pytest.mark.parametrize("path", ["stop", "close"])
def test_without_an_open_case_there_is_nothing_to_stop_and_it_says_so(mallory, walk, path):
    walk.opened()
    other = signed_in(mallory)

    assert "Nobody is asking" in words(other.get("/recover/mine/"))
    answer = other.post(f"/recover/mine/{path}/", follow=True)
    assert "it is at another step" in words(answer)
    assert walk.state == State.OPEN


def test_the_page_of_a_stop_points_the_signed_in_to_their_button(holder):
    assert "you need no code" in words(signed_in(holder).get("/recover/stop/"))
    assert "you need no code" not in words(Client().get("/recover/stop/"))


def test_a_stranger_reaches_no_page_of_an_owner(client):
    assert client.get("/recover/mine/")["Location"].startswith("/login/")
    assert client.post("/recover/mine/stop/")["Location"] == "/login/"


def test_an_owner_reads_that_it_was_approved_and_until_when_it_can_be_stopped(walk, holder, clock):
    walk.in_review().approved(clock)
    page = words(signed_in(_as_now(holder)).get("/recover/mine/"))
    assert "It was checked and approved." in page
    assert "Stop it before it ends: " in page

    walk.waited(clock)
    assert "the waiting period is over" in words(signed_in(_as_now(holder)).get("/recover/mine/"))
