"""Sign-in and open sessions from certain networks only (NET-1)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import PlatformSession, SignInAddress, User
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.network_work import AWAY, HOME, at, limit
from tests.conftest import Clock
from tests.factories import Person
from tests.looks import look
from tests.pages import cause_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db
BLOCKED = "/login/blocked-network/"


def is_open(browser: Client) -> bool:
    return browser.get("/").status_code == 200


@pytest.mark.promise("NET-1")
def test_sign_in_works_inside_and_is_refused_elsewhere(ada: Person, clock: Clock) -> None:
    limit(ada, "203.0.113.0/24")
    assert factories.sign_in(at("203.0.113.200"), ada)["Location"] == "/"
    clock.move(seconds=60)

    browser = at(AWAY)
    answer = factories.sign_in(browser, ada)

    assert answer["Location"] == BLOCKED
    assert PlatformSession.objects.count() == 1
    page = browser.get(BLOCKED)
    assert (page.status_code, cause_of(page)) == (403, "I1")
    assert AWAY in page.content.decode()
    assert "203.0.113" not in page.content.decode()


@pytest.mark.promise("NET-1")
@pytest.mark.asvs("8.2.4")
def test_an_open_session_ends_with_its_first_request_from_elsewhere(ada: Person, clock: Clock) -> None:
    limit(ada)
    browser = at(HOME, ada)
    assert is_open(browser)

    browser.defaults["REMOTE_ADDR"] = AWAY
    answer = browser.get("/security/")
    assert answer["Location"] == BLOCKED
    page = browser.get(BLOCKED)
    assert cause_of(page) == "I1"
    assert HOME not in page.content.decode()

    browser.defaults["REMOTE_ADDR"] = HOME
    assert not is_open(browser)
    assert SecurityEvent.objects.filter(action="network_ended", subject=ada.user).count() == 1
    assert Notice.objects.filter(kind="network_refused", user=ada.user).count() == 1


@pytest.mark.promise("NET-1")
def test_a_limit_that_is_set_now_ends_sessions_that_are_open_elsewhere(ada: Person, clock: Clock) -> None:
    elsewhere, here = at(AWAY, ada), at(HOME, ada)
    assert is_open(elsewhere)

    limit(ada)

    assert not is_open(elsewhere)
    assert is_open(here)


@pytest.mark.parametrize("path", ["/idle/remaining/", "/admin/", "/security/keys/", "/logout/"])
def test_every_kind_of_request_is_checked(ada: Person, clock: Clock, path: str) -> None:
    limit(ada)
    browser = at(HOME, ada)
    browser.defaults["REMOTE_ADDR"] = AWAY

    browser.post(path) if path == "/logout/" else browser.get(path)

    assert PlatformSession.objects.count() == 0


def test_a_page_that_asks_how_long_is_left_is_led_to_the_reason(ada: Person, clock: Clock) -> None:
    limit(ada)
    browser = at(HOME, ada)
    browser.defaults["REMOTE_ADDR"] = AWAY

    assert browser.get("/idle/remaining/").json() == {"seconds": 0, "state": "ended", "next": BLOCKED}
    assert cause_of(browser.get(BLOCKED)) == "I1"


def test_a_phone_answers_from_anywhere_and_only_the_browser_must_be_inside(
    pixel: Phone, ada: Person, clock: Clock
) -> None:
    limit(ada)
    pixel.client.defaults["REMOTE_ADDR"] = AWAY
    for address, leads_to in ((HOME, "/"), (AWAY, BLOCKED)):
        browser = at(address)
        page = factories.type_password(browser, "ada", ada.password)
        (request,) = pixel.requests()["requests"]
        assert pixel.approve(request, page.context["number"]).status == 200
        assert browser.post(browser.sign_in_page, {"approved": "yes"})["Location"] == leads_to
        clock.move(minutes=5)


@pytest.mark.parametrize("path", ["/idle/remaining/", "/"])
def test_people_without_networks_cost_no_statement_more(
    ada: Person, clock: Clock, path: str, django_assert_num_queries: object
) -> None:
    browser = at(HOME, ada)
    with CaptureQueriesContext(connection) as without:
        browser.get(path)
    assert not [one for one in without.captured_queries if "network" in one["sql"].lower().split("from", 1)[-1]]

    limit(ada)
    with django_assert_num_queries(len(without) + 1):
        browser.get(path)


def test_statements_do_not_grow_with_the_networks(ada: Person, clock: Clock, django_assert_num_queries: object) -> None:
    limit(ada, HOME, *(f"10.{number}.0.0/16" for number in range(19)))
    browser = at(HOME, ada)

    with django_assert_num_queries(2):
        browser.get("/idle/remaining/")


@pytest.mark.promise("NET-1")
@pytest.mark.parametrize(
    ("hops", "chain", "is_inside"),
    [
        (1, HOME, True),
        (1, f"{AWAY}, {HOME}", True),
        (1, f"{HOME}, {AWAY}", False),
        (2, f"{HOME}, 10.0.0.1", True),
        (2, f"{AWAY}, {HOME}, 10.0.0.1", True),
        (1, f"::ffff:{HOME}", True),
        (1, f"{HOME}:4711", True),
        (2, HOME, False),
        (1, "", False),
        (1, "unknown", False),
        (1, "203.0.113.7.1", False),
        (1, "0.0.0.0", False),
    ],
)
@pytest.mark.asvs("15.3.4")
def test_an_unreadable_chain_of_proxies_fails_closed(
    ada: Person, mallory: Person, clock: Clock, settings: object, hops: int, chain: str, is_inside: bool
) -> None:
    limit(ada)
    settings.PORTAL_TRUSTED_PROXIES = hops
    headers = {"HTTP_X_FORWARDED_FOR": chain} if chain else {}

    assert is_open(at(HOME, ada, **headers)) is is_inside
    assert is_open(at(HOME, mallory, **headers))


@pytest.mark.promise("NET-1")
def test_a_refused_sign_in_uses_up_its_code_and_its_password(ada: Person, clock: Clock) -> None:
    limit(ada)
    browser, code = at(AWAY), ada.code()
    factories.type_password(browser, "ada", ada.password)
    page = browser.sign_in_page
    assert browser.post(page, {"otp_token": code})["Location"] == BLOCKED

    inside = at(HOME)
    factories.type_password(inside, "ada", ada.password)
    assert cause_of(factories.type_code(inside, code)) == "K3"


def test_a_refused_sign_in_is_told_and_leaves_no_wrong_tries(ada: Person, clock: Clock) -> None:
    limit(ada)
    for _ in range(7):
        assert factories.sign_in(at(AWAY), ada)["Location"] == BLOCKED
        clock.move(seconds=30)

    assert SecurityEvent.objects.filter(action="network_refused", subject=ada.user).count() == 7
    facts = Notice.objects.filter(kind="network_refused").latest("pk").facts
    assert facts["network"] == AWAY
    assert factories.sign_in(at(HOME), ada)["Location"] == "/"


@pytest.mark.promise("NET-1")
def test_strangers_never_learn_that_there_are_networks(ada: Person, mallory: Person, clock: Clock) -> None:
    limit(ada)
    names = ["ada", "mallory", "nobody"]

    answers, statements = [], []
    for name in names:
        with CaptureQueriesContext(connection) as counted:
            answer = at(AWAY).post("/login/", {"username": name, "password": "wrong"})
        answers.append(answer.content.decode().replace(name, "-"))
        statements.append([one["sql"].split(" WHERE")[0][:60] for one in counted.captured_queries])

    assert [cause_of(answer) for answer in answers] == ["P1"] * 3
    assert statements[0] == statements[1]
    assert statements[0] == statements[2]


def test_the_right_password_alone_tells_nothing_either(ada: Person, mallory: Person, clock: Clock) -> None:
    limit(ada)

    pages = []
    for person in (ada, mallory):
        browser = at(AWAY)
        factories.type_password(browser, person.user.username, person.password)
        pages.append(cause_of(factories.type_code(browser, "000000")))

    assert pages == ["K1", "K1"]


def test_the_page_is_for_those_who_were_refused(clock: Clock, db: None) -> None:
    assert Client().get(BLOCKED)["Location"] == "/login/"


def test_a_limit_without_networks_lets_nobody_in(ada: Person, clock: Clock) -> None:
    User.objects.filter(pk=ada.user.pk).update(networks_limited_at=clock.now)

    assert not is_open(at(HOME, ada))


def test_where_sign_ins_came_from_is_kept_encrypted_for_ninety_days(ada: Person, clock: Clock) -> None:
    from accounts.actions import purging

    factories.sign_in(at(AWAY), ada)
    assert SignInAddress.objects.get().address == AWAY
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM accounts_signinaddress")
        assert AWAY not in str(cursor.fetchall())

    clock.move(days=90, seconds=1)
    list(purging.purge(now=clock.now))
    assert not SignInAddress.objects.exists()


def test_staff_see_that_there_is_a_limit_but_not_which(
    ada: Person, agent: Person, clock: Clock, capsys: object
) -> None:
    from django.core.management import call_command

    limit(ada)
    call_command("portal_status", "ada")
    out = capsys.readouterr().out
    assert "limited since 2 March 2026, 07:00 (New York time), travel passes allowed" in out
    assert HOME not in out

    page = look(factories.signed_in(agent), "ada").content.decode()
    assert "limited to 1 network, travel passes allowed" in page
    assert HOME not in page
