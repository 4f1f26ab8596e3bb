"""The second step of signing in with a Key on a phone: what is asked, what the page says, what opens it."""

import html
import re

import pytest
from django.conf import settings
from django.test import Client

from accounts.enums import Action, RequestState
from accounts.models import PlatformSession, PushChallenge
from portal.audit.models import SecurityEvent
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of
from tests.phone import Phone, Said
from tests.phones import paired, row_of

pytestmark = pytest.mark.django_db


def press(client: Client, button: str) -> object:
    return factories.press(client, **{button: "yes"})


def start(client: Client, person: Person) -> object:
    return factories.type_password(client, person.user.username, person.password)


def number_on(answer: object) -> str:
    """Return the number that a page shows, empty for none."""
    found = re.search(r'match-number"><span aria-hidden="true">(\d+)</span>', answer.content.decode())
    return found[1] if found else ""


def said(answer: object) -> str:
    return html.unescape(answer.content.decode())


def poll(client: Client) -> str:
    return client.get(f"/login/waiting/?{client.sign_in_page.partition('?')[2]}").json()["state"]


def newest(phone: Phone) -> dict:
    return phone.requests()["requests"][0]


def approve(phone: Phone, answer: object) -> Said:
    return phone.approve(newest(phone), number_on(answer))


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.promise("SIGN-3", "KEY-2")
def test_an_approval_with_the_number_opens_the_session(client: Client, pixel: Phone, ada: Person) -> None:
    page = start(client, ada)
    assert "Ann's Pixel" in said(page)
    assert poll(client) == RequestState.WAITING

    assert approve(pixel, page).status == 200

    assert poll(client) == RequestState.APPROVED
    assert not is_in(client)
    answer = press(client, "approved")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Hello Ada" in said(client.get("/"))
    assert PlatformSession.objects.get().proof.phone == row_of(pixel)
    event = SecurityEvent.objects.get(action=Action.SIGNED_IN)
    assert event.facts["proof"] == PlatformSession.objects.get().key.persistent_id
    asked = SecurityEvent.objects.filter(flow=PushChallenge.objects.get().flow).order_by("n")
    assert [step.action for step in asked] == [Action.REQUEST_SENT, Action.REQUEST_APPROVED, Action.SIGNED_IN]


@pytest.mark.promise("KEY-6")
def test_the_first_sign_in_with_a_key_says_that_it_works_and_the_second_does_not(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    for is_first in (True, False):
        page = start(client, ada)
        approve(pixel, page)
        press(client, "approved")

        assert ("Your Key works" in said(client.get("/"))) is is_first

        client.post("/logout/")
        clock.move(minutes=5)


def test_a_person_without_a_phone_sees_the_code_field_alone(client: Client, ada: Person) -> None:
    page = start(client, ada)

    assert number_on(page) == ""
    assert "data-approval" not in said(page)
    assert "approval.js" not in said(page)
    assert PushChallenge.objects.count() == 0


def test_nobody_is_asked_after_a_wrong_password(client: Client, pixel: Phone, ada: Person) -> None:
    factories.type_password(client, "ada", "wrong")

    assert PushChallenge.objects.count() == 0


@pytest.mark.promise("SIGN-8")
def test_a_wrong_password_costs_the_same_with_a_phone_and_for_nobody(
    client: Client, pixel: Phone, ada: Person, django_assert_num_queries: object
) -> None:
    for name in ("ada", "nobody"):
        with django_assert_num_queries(2):
            factories.type_password(client, name, "wrong")


def test_pressing_the_button_too_early_says_that_nothing_came_yet(client: Client, pixel: Phone, ada: Person) -> None:
    number = number_on(start(client, ada))

    answer = press(client, "approved")

    assert cause_of(answer) == "N8"
    assert number_on(answer) == number
    assert not is_in(client)


@pytest.mark.promise("KEY-2")
def test_not_me_ends_the_sign_in_for_codes_as_well(client: Client, pixel: Phone, ada: Person) -> None:
    start(client, ada)
    kept = client.cookies[factories.pending_cookie(client)].value
    pixel.deny(newest(pixel))
    assert poll(client) == RequestState.DENIED

    answer = press(client, "approved")

    assert cause_of(answer) == "N2"
    assert "password" in said(answer)
    client.cookies[factories.pending_cookie(client)] = kept
    assert cause_of(factories.type_code(client, ada.code())) == "N2"
    assert not is_in(client)


def test_a_change_of_mind_leaves_the_code_field_and_another_request(client: Client, pixel: Phone, ada: Person) -> None:
    start(client, ada)
    pixel.deny(newest(pixel), "cancelled")

    answer = press(client, "approved")

    assert cause_of(answer) == "N5"
    assert number_on(answer) == ""
    assert number_on(press(client, "again"))
    assert factories.type_code(client, ada.code()).status_code == 302


def test_three_wrong_numbers_are_told_where_one_signs_in(client: Client, pixel: Phone, ada: Person) -> None:
    wrong = f"{(int(number_on(start(client, ada))) + 1) % 100:02}"
    request = newest(pixel)
    assert [pixel.approve(request, wrong).cause for _ in range(3)] == ["N4", "N4", "N5"]
    assert poll(client) == RequestState.FAILED

    assert cause_of(press(client, "approved")) == "N5"


def test_a_request_that_ran_out_is_told_and_another_can_be_sent(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    start(client, ada)
    clock.move(seconds=settings.PORTAL_PUSH_SECONDS)
    assert poll(client) == "expired"

    assert cause_of(press(client, "approved")) == "N7"
    page = press(client, "again")

    assert poll(client) == RequestState.WAITING
    approve(pixel, page)
    assert press(client, "approved").status_code == 302


def test_sending_again_withdraws_the_request_before(client: Client, pixel: Phone, ada: Person) -> None:
    start(client, ada)
    before = newest(pixel)

    page = press(client, "again")

    assert [request["request"] for request in pixel.requests()["requests"]] != [before["request"]]
    assert pixel.approve(before, number_on(page)).cause == "N5"


@pytest.mark.promise("KEY-2")
def test_fifty_sign_ins_with_the_right_password_send_three_requests(pixel: Phone, ada: Person, clock: Clock) -> None:
    answers = [start(Client(), ada) for _ in range(50)]

    assert PushChallenge.objects.count() == settings.PORTAL_PUSH_PER_10_MIN
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 47
    assert sum(bool(number_on(answer)) for answer in answers) == settings.PORTAL_PUSH_PER_10_MIN
    assert cause_of(answers[-1]) == "N3"


def test_who_may_send_no_more_reads_until_when_and_types_a_code(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    start(client, ada)
    for _ in range(settings.PORTAL_PUSH_PER_10_MIN - 1):
        page = press(client, "again")

    answer = press(client, "again")

    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert cause_of(answer) == "N3"
    assert number_on(answer) == number_on(page)
    assert factories.type_code(client, ada.code()).status_code == 302


def test_after_two_refusals_the_page_asks_for_a_code(client: Client, pixel: Phone, ada: Person, clock: Clock) -> None:
    for _ in range(2):
        start(client, ada)
        pixel.deny(newest(pixel), "cancelled")
        clock.move(minutes=1)

    page = start(client, ada)

    assert cause_of(page) == "N6"
    assert factories.type_code(client, ada.code()).status_code == 302
    client.post("/logout/")
    clock.move(minutes=1)
    assert number_on(start(client, ada))


@pytest.mark.promise("KEY-9")
def test_of_two_browsers_at_once_the_approved_one_gets_in_and_no_other(pixel: Phone, ada: Person, clock: Clock) -> None:
    own, other = Client(), Client()
    page = start(own, ada)
    approve(pixel, page)
    start(other, ada)

    assert cause_of(press(other, "approved")) == "N8"
    assert press(own, "approved").status_code == 302
    assert cause_of(press(other, "approved")) == "N8"
    assert (is_in(own), is_in(other)) == (True, False)
    assert poll(other) == RequestState.WAITING


def test_an_approval_needs_the_cookie_of_its_own_sign_in(pixel: Phone, ada: Person, clock: Clock) -> None:
    own, thief = Client(), Client()
    approve(pixel, start(own, ada))

    assert cause_of(press(thief, "approved")) == "S3"
    assert not is_in(thief)


def test_a_used_approval_opens_nothing_to_who_kept_the_cookie(pixel: Phone, ada: Person, clock: Clock) -> None:
    own, thief = Client(), Client()
    approve(pixel, start(own, ada))
    factories.copy_sign_in(own, thief)
    kept = own.cookies[factories.pending_cookie(own)].value
    clock.move(seconds=5)
    press(own, "approved")
    clock.move(seconds=30)

    assert cause_of(press(thief, "again")) == "S3"
    assert pixel.requests()["requests"] == []
    thief.cookies[factories.pending_cookie(own)] = kept
    assert cause_of(press(thief, "approved")) == "S3"
    thief.cookies[factories.pending_cookie(own)] = kept
    assert cause_of(factories.type_code(thief, ada.code())) == "S3"
    assert PlatformSession.objects.count() == 1


def test_looking_at_other_pages_leaves_a_sign_in_under_way_alone(client: Client, pixel: Phone, ada: Person) -> None:
    approve(pixel, start(client, ada))

    for path in ("/login/", "/login/?realm=paper", "/", "/help/", "/recover/", "/key/", client.sign_in_page):
        client.get(path)

    assert poll(client) == RequestState.APPROVED
    assert PushChallenge.objects.count() == 1
    assert press(client, "approved").status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("way", ["start again", "password again", "code"])
def test_a_sign_in_that_goes_another_way_takes_its_request_along(
    client: Client, pixel: Phone, ada: Person, way: str
) -> None:
    page = start(client, ada)
    request = newest(pixel)

    if way == "start again":
        assert press(client, "stop")["Location"] == "/login/?ended=stopped-sign-in"
    elif way == "password again":
        start(client, ada)
    else:
        assert factories.type_code(client, ada.code()).status_code == 302

    assert pixel.approve(request, number_on(page)).cause == "N5"


def test_a_wrong_code_leaves_the_request_waiting(client: Client, pixel: Phone, ada: Person, clock: Clock) -> None:
    number = number_on(start(client, ada))

    answer = factories.type_code(client, "000000")

    assert number_on(answer) == number
    assert poll(client) == RequestState.WAITING


def test_an_approval_in_a_paused_scope_waits_for_its_end(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    approve(pixel, start(client, ada))
    for _ in range(settings.PORTAL_FAILURE_LIMIT):
        factories.type_password(Client(), "ada", "wrong")

    assert press(client, "approved").status_code == 429
    assert not is_in(client)


def test_an_approval_forgets_the_tries_as_a_code_does(client: Client, pixel: Phone, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", "wrong")
    page = start(client, ada)
    factories.type_code(client, "000000")
    approve(pixel, page)

    press(client, "approved")

    assert not Throttle.objects.filter(limit__in=("password", "code"), used_in_a_row__gt=0).exists()


def test_everything_ended_meanwhile_ends_an_approved_sign_in(client: Client, pixel: Phone, ada: Person) -> None:
    approve(pixel, start(client, ada))
    ada.user.session_version += 1
    ada.user.save()

    assert cause_of(press(client, "approved")) == "S3"


def test_staff_are_asked_like_everybody(client: Client, agent: Person, clock: Clock) -> None:
    phone = paired(agent)
    approve(phone, start(client, agent))

    assert press(client, "approved").status_code == 302
    assert client.get("/admin/").status_code == 200
