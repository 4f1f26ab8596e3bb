"""Signing in: password, then Key code; what is refused, and in which words."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from accounts.enums import Action, Realm
from accounts.models import KnownBrowser, PlatformSession
from portal.audit.models import SecurityEvent
from portal.outbox.emails import message_for
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = pytest.mark.django_db

MASKS = (
    r'name="form_id" value="[^"]+"',
    r'name="csrfmiddlewaretoken" value="[^"]+"',
    r"[0-9CDFGHJKMNPQRTVWX]{8}",
    r'data-csrf-token="[^"]+"',
)


def masked(answer: object) -> str:
    text = answer.content.decode()
    for pattern in MASKS:
        text = re.sub(pattern, "*", text)
    return text


@pytest.mark.promise("SIGN-3")
@pytest.mark.promise("SIGN-4")
def test_password_and_code_open_the_dashboard(client: Client, ada: Person) -> None:
    answer = factories.sign_in(client, ada)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Hello Ada" in client.get("/").content.decode()


@pytest.mark.promise("SIGN-3")
def test_the_password_alone_opens_nothing(client: Client, ada: Person) -> None:
    factories.type_password(client, "ada", ada.password)

    assert PlatformSession.objects.count() == 0
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    assert client.get("/")["Location"].startswith("/login/")


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/login/", "/security/"])
def test_staff_with_the_password_alone_see_no_page(client: Client, agent: Person, path: str) -> None:
    factories.type_password(client, "dana", agent.password)

    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"].partition("?")[0] in {"/login/", "/admin/login/"}
    assert client.get(path, follow=True).redirect_chain[-1][0].startswith("/login/?next=")


def test_the_way_to_the_desk_leads_through_the_one_sign_in(client: Client, agent: Person) -> None:
    wanted = client.get("/admin/accounts/user/", follow=True).redirect_chain[-1][0]
    client.sign_in_page = client.post(wanted, {"username": "dana", "password": agent.password})["Location"]

    answer = factories.type_code(client, agent.code())

    assert answer["Location"] == "/admin/accounts/user/"


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/password_change/done/"])
def test_the_desk_changes_no_password(client: Client, agent: Person, path: str) -> None:
    factories.sign_in(client, agent)

    assert client.get(path).status_code == 404


def test_the_desk_shows_only_tables_of_the_portal() -> None:
    registered = {model._meta.app_label for model in admin.site._registry}

    assert registered <= {"accounts", "audit", "outbox", "recovery", "helpcenter", "throttle"}
    assert "accounts" in registered


def test_leaving_the_desk_ends_the_session(client: Client, agent: Person) -> None:
    factories.sign_in(client, agent)

    client.post("/admin/logout/")

    assert PlatformSession.objects.count() == 0


def test_staff_with_both_factors_reach_the_desk(client: Client, agent: Person) -> None:
    factories.sign_in(client, agent)

    assert client.get("/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_customer_with_both_factors_does_not_reach_the_desk(client: Client, ada: Person) -> None:
    factories.sign_in(client, ada)

    assert client.get("/admin/").status_code == 403


@pytest.mark.promise("SIGN-2")
@pytest.mark.parametrize("change", [str.lower, str.upper, lambda p: p + " ", lambda p: " " + p, lambda p: p[:-1]])
def test_the_password_counts_exactly_as_typed(client: Client, ada: Person, change: object) -> None:
    answer = factories.sign_in(client, ada, password=change(ada.password))

    assert answer.status_code == 200
    assert cause_of(answer) == "P1"
    assert PlatformSession.objects.count() == 0


@pytest.mark.parametrize("spelling", ["ADA", " ada ", "Ada", "ａｄａ", "a\u200bda"])
def test_every_spelling_of_a_username_is_the_same_one(client: Client, ada: Person, spelling: str) -> None:
    answer = factories.type_password(client, spelling, "wrong")

    assert answer.status_code == 200
    assert Throttle.objects.filter(limit="password").count() == 1
    assert Throttle.objects.get(limit="password").subject == ada.user.username_hash


@pytest.mark.parametrize("spelling", ["{} {}", "{}-{}", " {}{} ", "{}\u2009{}"])
def test_a_code_may_be_typed_with_spaces_and_dashes(client: Client, ada: Person, clock: Clock, spelling: str) -> None:
    code = ada.code()

    assert factories.sign_in(client, ada, code=spelling.format(code[:3], code[3:])).status_code == 302


def test_a_code_may_be_typed_in_full_width_digits(client: Client, ada: Person, clock: Clock) -> None:
    wide = ada.code().translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})

    assert factories.sign_in(client, ada, code=wide).status_code == 302


@pytest.mark.parametrize("typed", ["+{}", "{}0", "0x{}", "{}.0", "1_{}", "", "abcdef", "0" * 400])
def test_nothing_else_is_read_as_a_code_and_each_counts(client: Client, ada: Person, clock: Clock, typed: str) -> None:
    answer = factories.sign_in(client, ada, code=typed.format(ada.code()))

    assert answer.status_code == 200
    assert PlatformSession.objects.count() == 0


def test_a_refused_code_is_not_sent_back_in_the_page(client: Client, ada: Person, clock: Clock) -> None:
    assert "135791" not in factories.sign_in(client, ada, code="135791").content.decode()


@pytest.mark.promise("KEY-1")
@pytest.mark.parametrize(("steps", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
def test_a_code_is_good_one_step_early_or_late(
    client: Client, ada: Person, clock: Clock, steps: int, status: int
) -> None:
    assert factories.sign_in(client, ada, code=ada.code(steps=steps)).status_code == status


@pytest.mark.promise("KEY-1")
def test_a_used_code_opens_nothing_more(ada: Person, clock: Clock) -> None:
    code = ada.code()
    assert factories.sign_in(Client(), ada, code=code).status_code == 302

    answer = factories.sign_in(Client(), ada, code=code)

    assert answer.status_code == 200
    assert cause_of(answer) == "K3"


@pytest.mark.promise("SIGN-8")
def test_known_and_unknown_names_get_the_same_bytes(ada: Person, clock: Clock) -> None:
    for _ in range(settings.PORTAL_FAILURE_LIMIT + 1):
        known = factories.type_password(Client(), "ada", "wrong-password")
        unknown = factories.type_password(Client(), "bob", "wrong-password")

        assert known.status_code == unknown.status_code
        assert masked(known).replace("ada", "bob") == masked(unknown)
        assert {n: v for n, v in known.items() if n != "X-Request-Id"} == {
            n: v for n, v in unknown.items() if n != "X-Request-Id"
        }


@pytest.mark.promise("SIGN-8")
def test_known_and_unknown_names_cost_the_same_statements(
    client: Client, ada: Person, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):
        factories.type_password(client, "ada", "wrong")
    with django_assert_num_queries(2):
        factories.type_password(client, "nobody", "wrong")


@pytest.mark.promise("SIGN-6")
def test_paper_details_do_not_open_the_live_door(client: Client, ada_on_paper: Person) -> None:
    answer = factories.sign_in(client, ada_on_paper)

    assert cause_of(answer) == "W1"
    assert PlatformSession.objects.count() == 0


@pytest.mark.promise("SIGN-6")
def test_live_details_do_not_open_the_paper_door(client: Client, ada: Person) -> None:
    answer = factories.type_password(client, "ada", ada.password, realm=Realm.PAPER)

    assert cause_of(answer) == "W2"


@pytest.mark.promise("SIGN-6")
def test_who_typed_a_wrong_pair_is_not_told_the_door(client: Client, ada_on_paper: Person) -> None:
    answer = factories.type_password(client, "ada-paper", "wrong")

    assert cause_of(answer) == "P1"


@pytest.mark.promise("SIGN-6")
def test_paper_details_open_paper(client: Client, ada_on_paper: Person) -> None:
    factories.type_password(client, "ada-paper", ada_on_paper.password, realm=Realm.PAPER)

    assert factories.type_code(client, ada_on_paper.code()).status_code == 302
    assert "paper-band" in client.get("/").content.decode()


def test_a_log_in_on_hold_stays_shut(client: Client, ada: Person, clock: Clock) -> None:
    ada.user.suspended_at = clock.now
    ada.user.save()

    assert cause_of(factories.sign_in(client, ada)) == "L2"


def test_a_hold_between_the_steps_shuts_the_second(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", ada.password)
    ada.user.suspended_at = clock.now
    ada.user.save()

    assert factories.type_code(client, ada.code()).status_code == 200
    assert PlatformSession.objects.count() == 0


def test_an_inactive_log_in_looks_like_a_wrong_password(client: Client, ada: Person) -> None:
    ada.user.is_active = False
    ada.user.save()

    assert cause_of(factories.sign_in(client, ada)) == "P1"


def test_the_time_between_the_steps_is_bounded(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", ada.password)
    clock.move(minutes=settings.PORTAL_SIGN_IN_MINUTES, seconds=1)

    answer = factories.type_code(client, ada.code())

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 0


@pytest.mark.promise("SESS-3")
def test_ending_everything_ends_a_sign_in_under_way(client: Client, ada: Person, clock: Clock) -> None:
    factories.type_password(client, "ada", ada.password)
    ada.user.session_version += 1
    ada.user.save()

    assert cause_of(factories.type_code(client, ada.code())) == "S3"


def test_a_code_without_a_password_leads_back_to_the_start(client: Client, ada: Person, clock: Clock) -> None:
    answer = factories.type_code(client, ada.code())

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 0


@pytest.mark.parametrize("forged", ["", "v1:dev:AAAA", "nonsense", '{"pending": {"user_id": 1}}'])
def test_a_forged_pending_cookie_is_none(client: Client, ada: Person, clock: Clock, forged: str) -> None:
    factories.type_password(client, "ada", ada.password)
    client.cookies[f"pending-{client.sign_in_page.partition('=')[2]}"] = forged

    assert cause_of(factories.type_code(client, ada.code())) == "S3"
    assert PlatformSession.objects.count() == 0


@pytest.mark.parametrize(
    "path", ["/login/confirm/", "/login/confirm/?sign_in=AAAAAAAAAAA", "/login/confirm/?sign_in=x"]
)
def test_going_straight_to_the_second_step_leads_to_the_first(client: Client, ada: Person, path: str) -> None:
    assert client.get(path)["Location"] == "/login/?because=S3"
    assert client.post(path)["Location"] == "/login/?because=S3"


def test_signing_in_leads_back_to_where_one_was_going(client: Client, ada: Person) -> None:
    wanted = client.get("/security/")["Location"]
    client.sign_in_page = client.post(wanted, {"username": "ada", "password": ada.password})["Location"]

    answer = factories.type_code(client, ada.code())

    assert answer["Location"] == "/security/"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client: Client, ada: Person, elsewhere: str) -> None:
    target = f"/login/?next={elsewhere}"
    client.sign_in_page = client.post(target, {"username": "ada", "password": ada.password})["Location"]

    answer = factories.type_code(client, ada.code())

    assert answer["Location"] == "/"


@pytest.mark.promise("SESS-4")
def test_a_new_browser_is_told_once(ada: Person, clock: Clock) -> None:
    browser = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130"})
    for _ in range(2):
        factories.sign_in(browser, ada)
        browser.post("/logout/")
        clock.move(minutes=1)

    notice = Notice.objects.get(kind="new_device")
    assert notice.facts["device"] == "Chrome on Windows"
    assert KnownBrowser.objects.filter(user=ada.user).count() == 1


@pytest.mark.promise("SESS-4")
@pytest.mark.parametrize(("finder", "place"), [("known_place", "near New York"), ("failing_place", "")])
def test_the_message_about_a_new_browser_says_the_place_where_it_is_known(
    client: Client, ada: Person, settings: object, finder: str, place: str
) -> None:
    settings.PORTAL_GEOLOCATION = f"{__name__}.{finder}"
    factories.sign_in(client, ada)

    notice = Notice.objects.get(kind="new_device")
    message = message_for(notice)
    (rich, _), *_ = message.alternatives

    assert notice.facts["place"] == place
    assert ["near New York" in text for text in (message.body, rich)] == [bool(place)] * 2


def known_place(address: str) -> str:
    return "near New York" if address == "127.0.0.1" else ""


def failing_place(address: str) -> str:
    raise LookupError(address)


def test_each_sign_in_writes_one_event(client: Client, ada: Person) -> None:
    factories.sign_in(client, ada)

    event = SecurityEvent.objects.get(subject=ada.user)
    assert (event.action, event.actor, event.n) == (Action.SIGNED_IN, ada.user, 1)


def test_a_sign_in_from_start_to_dashboard_takes_few_statements(
    client: Client, ada: Person, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(29):
        client.get("/login/")
        factories.sign_in(client, ada)
        client.get("/")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"form_id": "nonsense"}, 200),
        ({"next": "nonsense", "sign_in": "nonsense"}, 200),
        ({"username": "a" * 151, "password": "x"}, 400),
        ({"username": "ada", "password": "x" * 129}, 400),
        ({"username": "a\x00b", "password": "x"}, 200),
        ({"username": "{{7*7}}", "password": "{% debug %}"}, 200),
    ],
)
def test_bad_input_gets_a_clear_answer(client: Client, ada: Person, fields: dict[str, str], status: int) -> None:
    answer = client.post("/login/", fields)

    assert answer.status_code == status
    assert "x" * 129 not in answer.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert getattr(client, method)("/login/").status_code == 405


def test_a_post_without_its_form_token_changes_nothing(ada: Person) -> None:
    careful = Client(enforce_csrf_checks=True)

    assert factories.type_password(careful, "ada", ada.password).status_code == 403
    assert Throttle.objects.count() == 0
