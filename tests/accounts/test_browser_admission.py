"""The owner on a new browser while strangers keep sign-in paused (LOCK-5)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import purging, sessions
from accounts.actions.desk import diagnosis, facts
from accounts.actions.sign_in import browser_admission, known_browsers
from accounts.models import AdmissionCode, AdmittedBrowser, KnownBrowser
from accounts.refusals import BrowserCodeWrong
from portal.audit.models import SecurityEvent
from portal.lib import client as clients
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.models import Throttle
from tests import factories
from tests.accounts import passkey_work
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, marks
from tests.races import AT_ONCE, ROUNDS, at_once, done

pytestmark = pytest.mark.django_db
LIMIT = 5
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\bNULL\b|\bs\d+_x\d+\b")  # values, and names of savepoints
ORIGIN = clients.Origin("203.0.113.7", "Chrome on Windows", "ABCDEFGH")
CODE_PAGE = "/login/this-browser/code/"


def pause(person: Person) -> None:
    for _ in range(LIMIT):
        factories.sign_in(Client(), person, password="wrong")


def ask(name: str = "ada", *, client: Client | None = None) -> Client:
    browser = client or Client()
    assert browser.post("/login/this-browser/", {"username": name})["Location"] == CODE_PAGE
    return browser


def mailed(clock: Clock) -> str:
    """Let the worker send what is due; return the newest code, which is in its notice only."""
    browser_admission.send_codes(clock.now)
    return Notice.objects.filter(kind="browser_code").latest("pk").facts["code"]


def admitted(person: Person, clock: Clock, *, client: Client | None = None) -> Client:
    browser = ask(person.user.username, client=client)
    answer = browser.post(CODE_PAGE, {"code": mailed(clock)})
    assert answer["Location"] == "/login/?ended=admitted"
    return browser


@pytest.mark.promise("LOCK-5")
def test_a_code_from_the_mailbox_lets_a_new_browser_try_during_a_pause(ada: Person, clock: Clock) -> None:
    pause(ada)
    assert factories.sign_in(Client(), ada).status_code == 429

    browser = admitted(ada, clock)

    assert marks(browser.get("/login/?ended=admitted"), "admitted") == ["5 in 15"]
    assert marks(browser.get("/login/this-browser/"), "tries") == ["5"]
    assert factories.sign_in(browser, ada).status_code == 302
    assert factories.sign_in(Client(), ada).status_code == 429


@pytest.mark.promise("LOCK-5")
def test_the_owner_signs_in_on_a_new_device_in_every_round_of_an_attack_that_lasts_for_hours(
    ada: Person, clock: Clock
) -> None:
    rounds = []
    for _ in range(24):  # six hours
        pause(ada)
        for _ in range(3):  # and they ask for codes, too, and guess at them
            stranger = ask(client=Client(REMOTE_ADDR="198.51.100.1"))
            stranger.post(CODE_PAGE, {"code": "2222-2222"})
        browser_admission.send_codes(clock.now)
        clock.move(minutes=1)
        rounds.append(factories.sign_in(admitted(ada, clock), ada).status_code)
        clock.move(minutes=14)

    assert rounds == [302] * 24


@pytest.mark.promise("LOCK-5")
def test_strangers_who_ask_first_do_not_void_the_owners_code(ada: Person, clock: Clock) -> None:
    stranger = ask(client=Client(REMOTE_ADDR="198.51.100.1"))
    first = mailed(clock)
    clock.move(minutes=9)
    mine = ask()
    browser_admission.send_codes(clock.now)
    assert Notice.objects.filter(kind="browser_code").count() == 1

    clock.move(minutes=2)
    ask(client=stranger)
    second = mailed(clock)

    assert second != first
    assert mine.post(CODE_PAGE, {"code": first}).status_code == 302


def test_after_a_code_was_used_the_next_is_sent_at_once(ada: Person, clock: Clock) -> None:
    admitted(ada, clock)

    admitted(ada, clock)

    assert Notice.objects.filter(kind="browser_code").count() == 2


def test_a_code_that_was_sent_is_no_obstacle_to_staff(ada: Person, clock: Clock) -> None:
    ask()
    mailed(clock)

    assert list(diagnosis.obstacles(facts.gather(ada.user, now=clock.now), now=clock.now)) == []


def test_a_user_gets_one_code_in_ten_minutes_however_many_browsers_ask(ada: Person, clock: Clock) -> None:
    for number in range(30):
        ask(client=Client(REMOTE_ADDR=f"198.51.100.{number}"))
        browser_admission.send_codes(clock.now)

    assert Notice.objects.filter(kind="browser_code").count() == 1


@pytest.mark.promise("LOCK-5")
def test_an_admitted_browser_has_five_tries_of_its_own_and_then_none(ada: Person, clock: Clock) -> None:
    browser = admitted(ada, clock)

    statuses = [factories.sign_in(browser, ada, password="wrong").status_code for _ in range(LIMIT + 1)]

    assert statuses == [200] * 4 + [429, 429]
    assert factories.sign_in(Client(), ada).status_code == 302


def test_an_admitted_browser_is_a_stranger_again_after_one_pause(ada: Person, clock: Clock) -> None:
    browser = admitted(ada, clock)
    clock.move(minutes=15)
    pause(ada)

    assert factories.sign_in(browser, ada).status_code == 429


def test_an_admitted_browser_is_a_stranger_to_other_names(ada: Person, mallory: Person, clock: Clock) -> None:
    pause(mallory)
    browser = admitted(ada, clock)

    assert factories.sign_in(browser, mallory).status_code == 429


@pytest.mark.promise("SESS-4")
def test_a_sign_in_in_an_admitted_browser_is_told_as_one_from_a_new_device(ada: Person, clock: Clock) -> None:
    browser = admitted(ada, clock)
    assert KnownBrowser.objects.count() == 0

    factories.sign_in(browser, ada)

    assert Notice.objects.filter(kind="new_device", user=ada.user).count() == 1
    assert KnownBrowser.objects.filter(user=ada.user).count() == 1


@pytest.mark.promise("LOCK-6")
def test_admitted_browsers_share_one_count_of_wrong_codes(ada: Person, clock: Clock) -> None:
    statuses = []
    for _ in range(LIMIT):
        browser = admitted(ada, clock)
        statuses.append(factories.sign_in(browser, ada, code="000000").status_code)

    assert statuses == [200] * 4 + [429]
    shared = limits.CODE.of(ada.user.username_hash, scope=known_browsers.ADMITTED_BROWSER)
    assert Throttle.objects.get(key=shared.key).total == 100


def test_what_somebody_planted_before_does_not_share_the_tries(ada: Person, clock: Clock) -> None:
    planted = "a" * 32
    browser = Client()
    browser.cookies[known_browsers.cookie_name()] = planted
    admitted(ada, clock, client=browser)
    carried = browser.cookies[known_browsers.cookie_name()].value

    assert known_browsers.browser_scope_of(planted, "ada", now=clock.now) == known_browsers.UNKNOWN_BROWSER
    assert known_browsers.browser_scope_of(carried, "ada", now=clock.now).startswith("admitted:")


def test_a_code_works_once(ada: Person, clock: Clock) -> None:
    first, second = ask(), ask()
    code = mailed(clock)

    assert first.post(CODE_PAGE, {"code": code}).status_code == 302
    assert cause_of(second.post(CODE_PAGE, {"code": code})) == "B1"


def test_a_code_works_for_half_an_hour(ada: Person, clock: Clock) -> None:
    browser, code = ask(), mailed(clock)
    clock.move(minutes=30, seconds=-1)
    assert AdmissionCode.objects.filter(expires_at__gt=clock.now).exists()

    clock.move(seconds=1)

    assert browser.post(CODE_PAGE, {"code": code})["Location"] == "/login/this-browser/"


def test_five_wrong_codes_end_the_tries_of_this_request_and_of_no_other(ada: Person, clock: Clock) -> None:
    guesser, owner = ask(), ask()
    code = mailed(clock)

    answers = [guesser.post(CODE_PAGE, {"code": "2222-2222"}) for _ in range(LIMIT + 1)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429, 429]
    assert guesser.post(CODE_PAGE, {"code": code}).status_code == 429
    assert owner.post(CODE_PAGE, {"code": code}).status_code == 302


def test_one_network_asks_twenty_times(clock: Clock) -> None:
    for number in range(20):
        ask(f"name{number}")

    answer = Client().post("/login/this-browser/", {"username": "ada"})

    assert (answer.status_code, cause_of(answer)) == (429, "T1")


def look(name: str, *, code: str) -> tuple[object, ...]:
    """Return everything a browser sees, and each statement without its values, of asking and of a wrong code."""
    browser, seen = Client(), []
    with CaptureQueriesContext(connection) as captured:
        for answer in (
            browser.post("/login/this-browser/", {"username": name}),
            browser.get(CODE_PAGE),
            browser.post(CODE_PAGE, {"code": code}),
            browser.post(CODE_PAGE, {"by_key": "yes"}),
        ):
            text = re.sub(r'value="[^"]{20,}"|data-number>[\d ]+<', "", answer.content.decode())
            seen.append((answer.status_code, sorted(answer.headers), text))
    cookies = sorted((key, len(morsel.value)) for key, morsel in browser.cookies.items())
    return seen, cookies, [LITERAL.sub("?", query["sql"]) for query in captured.captured_queries]


@pytest.mark.promise("LOCK-7")
@pytest.mark.promise("SIGN-8")
@pytest.mark.parametrize("is_suspended", [False, True])
def test_nothing_tells_known_and_unknown_names_apart(ada: Person, clock: Clock, is_suspended: bool) -> None:
    if is_suspended:
        type(ada.user).objects.update(suspended_at=clock.now)

    assert look("ada", code="2222-2222") == look("adb", code="2222-2222")
    browser_admission.send_codes(clock.now)
    assert look("ada", code="nonsense") == look("adb", code="nonsense")


def test_nobody_is_sent_a_code_for_a_name_that_does_not_exist_or_is_suspended(ada: Person, clock: Clock) -> None:
    type(ada.user).objects.update(suspended_at=clock.now)
    ask("nobody")
    ask("ada")

    assert browser_admission.send_codes(clock.now) == 2
    assert browser_admission.send_codes(clock.now) == 0
    assert Notice.objects.count() == 0


def test_no_table_holds_a_code_a_number_or_a_ticket(ada: Person, clock: Clock) -> None:
    asked = browser_admission.ask(username="ada", origin=ORIGIN, now=clock.now)
    code = mailed(clock)

    row, kept = AdmittedBrowser.objects.get(), AdmissionCode.objects.get()
    stored = {str(value) for one in (row, kept) for value in vars(one).values()}

    assert not any(secret in text for secret in (asked.ticket, asked.number, code.replace("-", "")) for text in stored)


def test_a_new_password_ends_what_was_admitted(ada: Person, clock: Clock) -> None:
    browser = admitted(ada, clock)
    pause(ada)
    sessions.end_everything(ada.user)

    assert factories.sign_in(browser, ada).status_code == 429


def test_the_pages_lead_there_and_back(ada: Person, clock: Clock) -> None:
    pause(ada)
    paused = factories.sign_in(Client(), ada).content.decode()

    assert 'href="/login/this-browser/"' in paused
    assert 'href="/notices/report/"' in paused
    assert Client().get(CODE_PAGE)["Location"] == "/login/this-browser/"
    assert factories.signed_in(ada).get("/login/this-browser/")["Location"] == "/"


@pytest.mark.promise("LOCK-5")
@pytest.mark.promise("SIGN-9")
def test_a_pause_does_not_stop_a_passkey(ada: Person, clock: Clock) -> None:
    device, _made = passkey_work.passkey_of(ada, clock)
    pause(ada)

    assert passkey_work.sign_in(Client(), device).status_code == 200


# --- At once -------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_twenty_uses_of_one_code_at_once_admit_one_browser(_round: int, clock: Clock) -> None:
    factories.customer("ada")
    tickets = [browser_admission.ask(username="ada", origin=ORIGIN, now=clock.now).ticket for _ in range(AT_ONCE)]
    code, now = mailed(clock), clock.now

    def use(ticket: str) -> object:
        return lambda: browser_admission.accept_code(ticket=ticket, typed=code, browser="", origin=ORIGIN, now=now)

    results = at_once(*[use(ticket) for ticket in tickets])

    assert done(results) == 1
    assert {type(one) for one in results if not isinstance(one, str)} == {BrowserCodeWrong}
    assert AdmittedBrowser.objects.filter(digest__isnull=False).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_one_browser_that_sends_its_code_twenty_times_at_once_is_admitted_once(_round: int, clock: Clock) -> None:
    factories.customer("ada")
    ticket = browser_admission.ask(username="ada", origin=ORIGIN, now=clock.now).ticket
    code, now = mailed(clock), clock.now

    def use() -> object:
        return browser_admission.accept_code(ticket=ticket, typed=code, browser="", origin=ORIGIN, now=now)

    assert done(at_once(*[use] * AT_ONCE)) == 1
    assert SecurityEvent.objects.filter(action="browser_admitted").count() == 1


def test_what_ran_out_is_purged(ada: Person, clock: Clock) -> None:
    admitted(ada, clock)
    ask()
    mailed(clock)
    for _name, _count in purging.purge(now=clock.now + timedelta(days=3)):
        pass

    assert (AdmittedBrowser.objects.count(), AdmissionCode.objects.count()) == (0, 0)
