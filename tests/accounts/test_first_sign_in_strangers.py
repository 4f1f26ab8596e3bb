"""What strangers learn at the first page of a first sign-in, and how far guessing gets: one answer, and the limit."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.sign_in import check_password
from accounts.actions.welcome import letters
from accounts.enums import LetterReason
from accounts.models import BackupCode, FirstSignIn, Key, User, WelcomeLetter
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from tests import factories
from tests.accounts.enrolment_walk import ORIGIN
from tests.accounts.welcome_work import (
    Arrival,
    at_password,
    code_for,
    newcomer,
    page_of,
)
from tests.conftest import Clock
from tests.pages import cause_of

pytestmark = pytest.mark.django_db
PHONE = "+44 20 7946 0000"


@pytest.fixture
def vera(clock: Clock) -> User:
    return newcomer(phone=PHONE, account="U7000001")


# --- What is wrong looks and takes the same ---------------------------------------------------------------------


def _nobody() -> tuple[str, str]:
    return "nobody", "2345 2345 2345"


def _wrong() -> tuple[str, str]:
    code_for(newcomer("wronga"))
    return "wronga", "2345 2345 2345"


def _somebody_elses() -> tuple[str, str]:
    newcomer("victim")
    return "victim", code_for(newcomer("others"))


def _never_printed() -> tuple[str, str]:
    newcomer("xavier")
    return "xavier", ""


def _used() -> tuple[str, str]:
    user = newcomer("arrive")
    code = code_for(user)
    at_password(user, code).chooses()
    return "arrive", code


def _signed_in_before() -> tuple[str, str]:
    user = newcomer("signed")
    code = code_for(user)
    User.objects.filter(pk=user.pk).update(password_changed_at=portal_clock.now())
    return "signed", code


def _with(**columns: object) -> Callable[[], tuple[str, str]]:
    def made() -> tuple[str, str]:
        user = newcomer("closed")
        code = code_for(user)
        User.objects.filter(pk=user.pk).update(**columns)
        return "closed", code

    return made


def _run_out() -> tuple[str, str]:
    user = newcomer("toolat")
    code = code_for(user)
    WelcomeLetter.objects.update(expires_at=portal_clock.now())
    return "toolat", code


def _lost() -> tuple[str, str]:
    user = newcomer("losing")
    code = code_for(user)
    letters.want(user=user, why=LetterReason.FEED, by=None, now=portal_clock.now())
    return "losing", code


def _of_a_broken_run() -> tuple[str, str]:
    user = newcomer("broken")
    code = code_for(user)
    WelcomeLetter.objects.update(printed_at=None)
    return "broken", code


WRONG = {
    "nobody": _nobody, "a wrong code": _wrong, "somebody else's": _somebody_elses, "never printed": _never_printed,
    "used": _used, "signed in before": _signed_in_before, "on hold": _with(suspended_at="2026-03-01T00:00Z"),
    "inactive": _with(is_active=False), "closed": _with(closed_at="2026-03-01T00:00Z"), "run out": _run_out,
    "lost": _lost, "of a broken run": _of_a_broken_run,
}  # fmt: skip
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\bNULL\b|%s")
MOVING = re.compile(r'name="(?:csrfmiddlewaretoken|form_id)" value="[^"]*"')


def look(username: str, code: str) -> tuple[object, ...]:
    """Return all that shows of one try: the answer and its statements, without names and values."""
    client = Client(REMOTE_ADDR="198.51.100.77")
    with CaptureQueriesContext(connection) as captured:
        answer = client.post("/welcome/", {"username": username, "code": code or "2345 2345 2345"})
    page = MOVING.sub("", answer.content.decode()).replace(username, "NAME")
    statements = [LITERAL.sub("?", query["sql"]) for query in captured.captured_queries]
    return answer.status_code, sorted(answer.headers), sorted(answer.cookies), page, statements


@pytest.mark.promise("FIRM-3", "SIGN-8")
@pytest.mark.parametrize("kind", WRONG)
def test_whatever_is_wrong_gets_one_answer_from_the_same_statements(kind: str, clock: Clock):
    username, code = WRONG[kind]()
    Throttle.objects.all().delete()
    rows_before = FirstSignIn.objects.count()

    wrong = [look(username, code) for _ in range(settings.PORTAL_FAILURE_LIMIT + 2)]
    Throttle.objects.all().delete()
    unknown = [look("anyone", "") for _ in range(settings.PORTAL_FAILURE_LIMIT + 2)]

    assert wrong == unknown
    assert [answer[0] for answer in wrong] == [200] * (settings.PORTAL_FAILURE_LIMIT - 1) + [429] * 3
    assert FirstSignIn.objects.count() == rows_before


@pytest.mark.parametrize("table", [Key, BackupCode])
def test_a_second_factor_of_any_time_ends_what_a_letter_is_good_for(vera: User, table: type):
    facts = {"secret": factories.seed_of("x"), "ended_at": portal_clock.now()} if table is Key else {"digest": "x"}
    code = code_for(vera)
    if table is BackupCode:
        facts |= {"parameters": "m=1", "created_at": portal_clock.now()}
    table.objects.create(user=vera, confirmed=False, **facts)

    assert cause_of(Arrival(vera).types_code(code)) == "W3"


def test_the_first_right_password_of_an_import_ends_it_too(clock: Clock):
    ben = factories.customer("ben", has_key=False, address={"line1": "1 Long Lane", "city": "London"})
    User.objects.filter(pk=ben.user.pk).update(password_changed_at=None)
    letters.want(user=ben.user, why=LetterReason.DESK, by=None, now=clock.now)
    code = code_for(ben.user)
    assert letters.usable(username_hash=ben.user.username_hash, typed=code, now=clock.now)

    check_password.check_password(
        username="ben", password=ben.password, realm=None, browser="", origin=ORIGIN, now=clock.now
    )

    assert letters.usable(username_hash=ben.user.username_hash, typed=code, now=clock.now) is None


# --- Limits -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("FIRM-3")
def test_guessing_meets_the_limit_and_pauses_nobody_else(vera: User, clock: Clock):
    code = code_for(vera)
    thief = Arrival(vera, REMOTE_ADDR="198.51.100.1")
    causes = [cause_of(thief.types_code("2345 2345 2345")) for _ in range(settings.PORTAL_FAILURE_LIMIT)]

    assert causes == ["W3"] * (settings.PORTAL_FAILURE_LIMIT - 1) + ["T1"]
    assert cause_of(thief.types_code(code)) == "T1"
    assert page_of(Arrival(vera, REMOTE_ADDR="203.0.113.5").types_code(code)) == "/welcome/details/"
    assert Client(REMOTE_ADDR="198.51.100.1").post("/login/", {"username": "vera", "password": "x"}).status_code == 200
    clock.move(minutes=settings.PORTAL_LOCKOUT_MINUTES)
    assert page_of(thief.types_code(code)) == "/welcome/details/"


def test_one_network_gets_twenty_tries_whatever_the_names(clock: Clock):
    answers = [Arrival(User(username=f"name{n}"), REMOTE_ADDR="198.51.100.1").types_code("x") for n in range(22)]

    assert [cause_of(answer) for answer in answers].count("W3") == 19
    assert cause_of(answers[-1]) == "T1"


def test_a_right_code_costs_no_try(vera: User, clock: Clock):
    code = code_for(vera)

    pages = [page_of(Arrival(vera).types_code(code)) for _ in range(settings.PORTAL_FAILURE_LIMIT + 3)]

    assert set(pages) == {"/welcome/details/"}


def test_the_last_wrong_detail_of_a_day_ends_it_and_the_letter_stays(vera: User, clock: Clock):
    code = code_for(vera)
    arrival = Arrival(vera)
    arrival.types_code(code)
    causes = [cause_of(arrival.tells("wrong")) for _ in range(settings.PORTAL_FAILURE_LIMIT)]

    assert causes[:-1] == ["W5"] * (settings.PORTAL_FAILURE_LIMIT - 1)
    assert causes[-1] == "W4"
    assert Notice.objects.filter(user=vera, kind="welcome_failed").count() == 1
    assert SecurityEvent.objects.filter(subject=vera, action="welcome_failed").count() == 1
    again = Arrival(vera)
    again.types_code(code)
    assert cause_of(again.tells(PHONE)) == "T1"
    clock.move(days=1)
    again.types_code(code)
    assert page_of(again.tells(PHONE)) == "/welcome/code/"


def test_a_wrong_date_is_as_wrong_as_a_wrong_detail(vera: User):
    arrival = Arrival(vera)
    arrival.types_code(code_for(vera))

    by_date = MOVING.sub("", arrival.tells(PHONE, day="11").content.decode())
    Throttle.objects.all().delete()
    by_detail = MOVING.sub("", arrival.tells("wrong").content.decode())

    assert by_date == by_detail
