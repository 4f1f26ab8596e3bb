"""Tabs, Back and reload at the front door, and where it leads."""

import re
from contextlib import ExitStack
from datetime import timedelta

import pytest
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.test import Client, RequestFactory

from accounts.actions.sign_in import known_browsers
from accounts.enums import Realm
from accounts.models import Key, PlatformSession, PushChallenge, User
from portal.lib import hash_semaphore
from portal.lib.client import Origin
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, marks
from tests.phone import Phone

pytestmark = pytest.mark.django_db


def used(person: Person, limit: str = "code") -> int:
    rows = Throttle.objects.filter(limit=limit, subject=person.user.username_hash)
    return sum(rows.values_list("used", flat=True))


def test_reloading_the_second_page_asks_the_phone_no_more(client: Client, pixel: Phone, ada: Person) -> None:
    page = factories.type_password(client, "ada", ada.password)

    again = [client.get(client.sign_in_page) for _ in range(3)]

    assert {answer.status_code for answer in again} == {200}
    assert PushChallenge.objects.count() == 1
    assert marks(page, "username") == marks(again[0], "username")


def test_a_wrong_code_is_said_on_a_page_that_can_be_reloaded(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", ada.password)
    answer = client.post(client.sign_in_page, {"otp_token": "000000"})

    assert (answer.status_code, answer["Location"]) == (302, client.sign_in_page)
    assert [cause_of(client.get(client.sign_in_page)) for _ in range(3)] == ["K1"] * 3
    assert used(ada) == 1


def test_an_empty_code_is_asked_for_and_no_try(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", ada.password)

    assert marks(factories.press(client, otp_token=""), "cause")[-1] == "F1"
    assert used(ada) == 0


def test_sign_ins_of_two_people_run_beside_each_other(
    client: Client, ada: Person, mallory: Person, clock: Clock
) -> None:
    factories.type_password(client, "ada", ada.password)
    adas = client.sign_in_page
    factories.type_password(client, "mallory", mallory.password)
    mallorys = client.sign_in_page

    assert "data-username>ada<" in client.get(adas).content.decode()
    assert "data-username>mallory<" in client.get(mallorys).content.decode()
    client.post(adas, {"otp_token": mallory.code()})
    assert (used(ada), used(mallory)) == (1, 0)
    assert client.post(mallorys, {"otp_token": mallory.code()}).status_code == 302
    assert PlatformSession.objects.get().user == mallory.user


def test_a_second_sign_in_of_one_person_takes_the_request_of_the_first_along(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    factories.type_password(client, "ada", ada.password)
    first = client.sign_in_page
    factories.type_password(client, "ada", ada.password)

    assert len(pixel.requests()["requests"]) == 1
    assert client.post(first, {"otp_token": ada.code()})["Location"] == "/"


def test_a_browser_keeps_four_sign_ins_under_way(client: Client, ada: Person, clock: Clock) -> None:
    pages = []
    for _ in range(5):
        clock.move(seconds=1)
        factories.type_password(client, "ada", ada.password)
        pages.append(client.sign_in_page)

    assert [client.get(page).status_code for page in pages] == [302, 200, 200, 200, 200]


def test_stopping_one_sign_in_leaves_the_others(client: Client, ada: Person, mallory: Person, clock: Clock) -> None:
    factories.type_password(client, "mallory", mallory.password)
    other = client.sign_in_page
    factories.type_password(client, "ada", ada.password)

    stopped = factories.press(client, stop="yes")["Location"]
    assert "data-stopped" in client.get(stopped).content.decode()

    assert client.get(client.sign_in_page)["Location"] == "/login/?because=S3"
    assert client.get(other).status_code == 200


def test_the_second_page_leads_on_who_is_already_in(client: Client, ada: Person, clock: Clock) -> None:
    factories.sign_in(client, ada)

    assert client.get(client.sign_in_page)["Location"] == "/"


def test_a_suspension_between_approval_and_return_is_told(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    page = factories.type_password(client, "ada", ada.password)
    number = re.search(r'match-number"><span aria-hidden="true">(\d+)<', page.content.decode())[1]
    pixel.approve(pixel.requests()["requests"][0], number)
    User.objects.filter(pk=ada.user.pk).update(suspended_at=clock.now)

    assert cause_of(factories.press(client, approved="yes")) == "L2"
    assert not PlatformSession.objects.exists()


def test_a_password_that_opened_another_sign_in_meanwhile_starts_again(
    client: Client, pixel: Phone, ada: Person, clock: Clock
) -> None:
    Key.objects.filter(user=ada.user).update(last_used_at=clock.now + timedelta(seconds=1))

    assert cause_of(factories.type_password(client, "ada", ada.password)) == "S3"


def test_setting_up_starts_again_without_the_password_while_one_sign_in_is_under_way(
    client: Client, ben: Person
) -> None:
    factories.type_password(client, "ben", ben.password)
    assert client.get("/key/setup/").status_code == 200

    factories.type_password(client, "ben", ben.password)
    assert client.get("/key/setup/")["Location"].startswith("/login/")


def test_an_address_too_long_to_keep_leads_home(client: Client, ada: Person, clock: Clock) -> None:
    long = f"/security/?a={'x' * 5000}"
    factories.type_password(client, "ada", ada.password, next=long)

    assert len(client.cookies[factories.pending_cookie(client)].value) < 3000
    assert factories.type_code(client, ada.code())["Location"] == "/"


# --- Where one was going --------------------------------------------------------------------------------


@pytest.mark.promise("SIGN-4")
def test_the_wanted_page_survives_the_switch_and_wrong_tries(client: Client, ada_on_paper: Person) -> None:
    wanted = "/security/keys/"
    switch = f"/login/?realm=paper&next={wanted}"
    page = client.get(f"/login/?next={wanted}").content.decode()
    assert f'href="?{switch.partition("?")[2].replace("&", "&amp;")}"' in page.replace("%2F", "/")

    wrong = client.post(switch, {"username": "ada-paper", "password": "wrong", "realm": Realm.PAPER, "next": wanted})
    assert f'name="next" value="{wanted}"' in wrong.content.decode()
    form = {"username": "ada-paper", "password": ada_on_paper.password, "realm": Realm.PAPER, "next": wanted}
    client.sign_in_page = client.post("/login/", form)["Location"]
    factories.press(client, otp_token="000000")

    assert factories.type_code(client, ada_on_paper.code())["Location"] == wanted


@pytest.mark.parametrize("wanted", ["/logout/", "/idle/extend/", "/key/setup/stop/", "/nothing/here/"])
def test_an_address_that_shows_no_page_is_never_where_one_goes(ada: Person, wanted: str) -> None:
    assert factories.signed_in(ada).get("/login/", {"next": wanted})["Location"] == "/"


@pytest.mark.parametrize("path", ["/logout/", "/idle/extend/", "/key/setup/stop/", "/key/setup/pair/match/"])
def test_an_address_that_only_takes_forms_says_where_to_go(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, cause_of(answer)) == (405, "X7")
    assert answer["Allow"] == "POST"
    assert 'href="/"' in answer.content.decode()


# --- Forms that are refused -----------------------------------------------------------------------------


def careful(*, like: Client | None = None) -> Client:
    made = Client(enforce_csrf_checks=True)
    for name, cookie in like.cookies.items() if like else ():
        made.cookies[name] = cookie.value
    return made


def test_a_browser_without_cookies_is_told_so(ada: Person) -> None:
    assert cause_of(factories.type_password(careful(), "ada", ada.password)) == "C2"


def test_a_page_from_before_is_told_to_be_old(ada: Person) -> None:
    client = careful()
    client.get("/login/")

    assert cause_of(factories.type_password(client, "ada", ada.password)) == "C1"


def test_a_page_from_before_somebody_signed_in_leads_to_the_start_page(ada: Person) -> None:
    client = careful(like=factories.signed_in(ada))
    client.get("/login/")
    client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32

    answer = factories.type_password(client, "mallory", "anything")

    assert cause_of(answer) == "C3"
    assert 'href="/"' in answer.content.decode()
    assert not Throttle.objects.exists()


# --- Codes as people send them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling", ["\u2066{} {}\u2069", "{}\u2013{}", "{}\u2212{}", "\u200b{}\ufeff{}", "{}\u2014{}\u00a0"]
)
def test_a_code_with_invisible_marks_or_another_dash_is_read(
    client: Client, ada: Person, clock: Clock, spelling: str
) -> None:
    code = ada.code()

    assert factories.sign_in(client, ada, code=spelling.format(code[:3], code[3:])).status_code == 302


@pytest.mark.promise("LOCK-6")
@pytest.mark.parametrize(("field", "cause"), [("otp_token", "K8"), ("backup_code", "K9")])
def test_the_last_try_says_what_follows(client: Client, ada: Person, clock: Clock, field: str, cause: str) -> None:
    factories.type_password(client, "ada", ada.password)
    for number in range(settings.PORTAL_FAILURE_LIMIT - 1):
        answer = factories.press(client, **{field: f"00000{number}"})

    assert cause_of(answer) == cause
    assert "15 minutes" in answer.content.decode()


def test_the_code_field_has_the_focus_unless_something_is_said_first(client: Client, ada: Person, clock: Clock) -> None:
    assert "autofocus" in factories.type_password(client, "ada", ada.password).content.decode()
    assert "autofocus" not in factories.press(client, otp_token="000000").content.decode()


# --- What integrators hear ------------------------------------------------------------------------------


@pytest.fixture
def heard() -> object:
    """What Django's and axes' signals say meanwhile."""
    said: list[tuple[str, str]] = []

    def failed(credentials: dict[str, str], **_facts: object) -> None:
        said.append(("failed", str(sorted(credentials.items()))))

    def locked(username: str, ip_address: str, **_facts: object) -> None:
        said.append(("locked", f"{username} {ip_address}"))

    user_login_failed.connect(failed)
    user_locked_out.connect(locked)
    yield said
    user_login_failed.disconnect(failed)
    user_locked_out.disconnect(locked)


def test_integrators_hear_of_each_refusal_and_of_the_pause(client: Client, ada: Person, heard: list) -> None:
    for _ in range(settings.PORTAL_FAILURE_LIMIT + 1):
        factories.type_password(client, "ada", "wrong")

    assert [what for what, _facts in heard] == ["failed"] * 4 + ["failed", "locked"] * 2
    assert heard[0] == ("failed", "[('username', 'ada')]")
    assert heard[-1] == ("locked", "ada 127.0.0.1")


def test_a_receiver_that_fails_stops_nobody(client: Client, ada: Person) -> None:
    def fails(**_facts: object) -> None:
        raise ValueError("a receiver of somebody else")

    user_login_failed.connect(fails)
    try:
        assert cause_of(factories.type_password(client, "ada", "wrong")) == "P1"
    finally:
        user_login_failed.disconnect(fails)


def test_djangos_own_authenticate_keeps_the_same_limit(ada: Person, heard: list) -> None:
    request = RequestFactory().post("/elsewhere/")
    assert authenticate(request, username="ada", password=ada.password) == ada.user
    for _ in range(settings.PORTAL_FAILURE_LIMIT):
        assert authenticate(request, username="ada", password="wrong") is None

    assert authenticate(request, username="ada", password=ada.password) is None
    assert ("locked", "ada 127.0.0.1") in heard
    assert authenticate(None, username="ada", password=ada.password) is None


def test_who_has_no_key_and_no_code_of_one_is_led_to_setting_one_up_and_back(client: Client, ada: Person) -> None:
    Key.objects.all().delete()

    answer = factories.type_password(client, "ada", ada.password, next="/security/keys/")

    assert answer["Location"].startswith("/key/setup/?sign_in=")


# --- A crowd of strangers -------------------------------------------------------------------------------


@pytest.fixture
def crowded() -> object:
    """All places for hashes of unknown browsers are taken."""
    with ExitStack() as places:
        for _ in range(settings.PORTAL_HASH_PLACES):
            places.enter_context(hash_semaphore._queue.place(is_known=False))
        yield


def test_in_a_crowd_a_stranger_is_refused_at_once_and_at_no_cost(
    client: Client, ada: Person, crowded: None, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):
        answer = client.post("/login/", {"username": "ada", "password": ada.password})

    assert (answer.status_code, cause_of(answer)) == (503, "X5")
    assert int(answer["Retry-After"]) > 0
    assert "no-store" in answer["Cache-Control"]
    assert not Throttle.objects.exists()


def test_in_a_crowd_a_known_browser_signs_in(client: Client, ada: Person, clock: Clock, crowded: None) -> None:
    cookie = known_browsers.remember(ada.user, "", origin=Origin("203.0.113.7", "Chrome"), now=clock.now).cookie
    client.cookies[known_browsers.cookie_name()] = cookie

    assert factories.sign_in(client, ada)["Location"] == "/"


def test_in_a_crowd_who_is_signed_in_can_confirm(ada: Person, clock: Clock, crowded: None) -> None:
    answer = factories.signed_in(ada).post("/confirm/", {"password": ada.password, "code": ada.code()})

    assert (answer.status_code, answer["Location"]) == (302, "/security/")


def test_in_a_crowd_a_made_up_cookie_is_refused_and_costs_no_try(client: Client, ada: Person, crowded: None) -> None:
    client.cookies[known_browsers.cookie_name()] = "x" * 32

    assert factories.type_password(client, "ada", ada.password).status_code == 503
    assert not Throttle.objects.exists()


def test_a_sign_in_under_way_that_another_release_wrote_is_none(ada: Person, client: Client) -> None:
    from accounts.views.sign_in import pending_sign_in
    from portal.lib import encryption

    factories.type_password(client, "ada", ada.password)
    name = factories.pending_cookie(client)
    client.cookies[name] = encryption.encrypt('{"pending": {"user": 1}, "told": null}', bound_to=name)

    assert client.get(client.sign_in_page).status_code == 302
    assert pending_sign_in.PARAMETER in client.sign_in_page
