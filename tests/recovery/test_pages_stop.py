"""The owner says that it was not them."""

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import PlatformSession, User
from helpcenter import causes
from portal.lib import time_format
from portal.outbox.models import Notice
from recovery.actions import timers
from recovery.enums import State
from tests.factories import signed_in
from tests.lint_html import problems
from tests.recovery.claimant import leads_to, shown, words, wrong

pytestmark = pytest.mark.django_db

THANKS = [("/recover/stop/thanks/", 302)]


def notice(kind: str = "case_started") -> Notice:
    timers.tick(timezone.now())
    return Notice.objects.filter(kind=kind).latest("pk")


def refusals(answer: object) -> list[str]:
    """Return the causes of what a page says on top."""
    return [code for code in ("A1", "A5", "A6") if causes.get(code).words() in words(answer)]


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
    page = client.get("/recover/stop/thanks/")

    assert "e-mail" in words(page)
    assert leads_to(page, "stop/")


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
    ("reference", "code", "status", "refused"),
    [
        ("", "2222 2222 2222", 200, {"reference": "required"}),
        ("N-7F3K-2Q9C", "", 200, {"code": "required"}),
        ("N-7F3K-2Q9", "2222 2222 2222", 200, {"reference": "shape"}),
        ("RC-7F3K-2Q9C", "2222 2222 2222", 200, {"reference": "shape"}),
        ("N-7F3K-2Q9C", "2222 2222 222", 200, {"code": "shape"}),
        ("N-7F3K-2Q9C", "2222 2222 222A", 200, {"code": "shape"}),
        ("N" * 61, "2222 2222 2222", 400, {"reference": "max_length"}),
        ("N-7F3K-2Q9C\x00", "2222 2222 2222", 200, {"reference": "null_characters_not_allowed"}),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field(client, reference, code, status, refused):
    answer = client.post("/recover/stop/", {"reference": reference, "code": code})

    assert answer.status_code == status
    assert wrong(answer) == refused
    assert problems(answer.content.decode()) == []


@pytest.mark.promise("CASE-5")
def test_an_owner_who_signs_in_is_asked_and_stops_it_with_one_button(walk, holder):
    walk.opened()
    owner = signed_in(holder)
    assert leads_to(owner.get("/"), "mine/")
    page = owner.get("/recover/mine/")
    assert problems(page.content.decode()) == []

    answer = owner.post("/recover/mine/stop/", follow=True)

    assert answer.redirect_chain == THANKS
    assert walk.state == State.CANCELLED
    assert not leads_to(owner.get("/"), "mine/")


def test_an_owner_who_is_back_closes_the_case(walk, holder):
    walk.opened()

    answer = signed_in(holder).post("/recover/mine/close/", follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert walk.state == State.WITHDRAWN


@pytest.mark.promise("CASE-5")
def test_an_objection_after_completion_signs_out_and_holds_the_account(walk, holder, clock):
    walk.ready(clock).started().opened_grant().completed()
    owner = signed_in(_as_now(holder))
    page = owner.get("/recover/mine/")
    assert shown(page) == "hold"
    assert not leads_to(page, "mine/close/")

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

    assert shown(owner.get("/recover/mine/")) == "contested"
    assert not leads_to(owner.get("/recover/mine/"), "mine/stop/")
    assert refusals(owner.post("/recover/mine/stop/", follow=True)) == ["A5"]


@pytest.mark.parametrize("path", ["stop", "close"])
def test_without_an_open_case_there_is_nothing_to_stop_and_it_says_so(mallory, walk, path):
    walk.opened()
    other = signed_in(mallory)

    assert shown(other.get("/recover/mine/")) == ""
    answer = other.post(f"/recover/mine/{path}/", follow=True)
    assert refusals(answer) == ["A5"]
    assert walk.state == State.OPEN


def test_the_page_of_a_stop_points_the_signed_in_to_their_button(holder):
    assert leads_to(signed_in(holder).get("/recover/stop/"), "mine/")
    assert not leads_to(Client().get("/recover/stop/"), "mine/")


def test_a_stranger_reaches_no_page_of_an_owner(client):
    assert client.get("/recover/mine/")["Location"].startswith("/login/")
    assert client.post("/recover/mine/stop/")["Location"] == "/login/"


def test_an_owner_reads_that_it_was_approved_and_until_when_it_can_be_stopped(walk, holder, clock):
    walk.in_review().approved(clock)
    page = signed_in(_as_now(holder)).get("/recover/mine/")
    assert shown(page) == "cooling"
    assert date_format(timezone.localtime(walk.case.until, ZoneInfo(time_format.reader_zone())), "j F Y") in words(page)

    walk.waited(clock)
    assert shown(signed_in(_as_now(holder)).get("/recover/mine/")) == "grant_ready"
