"""Sessions: they need two factors, rest for a while, and end for good."""

import hashlib

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.test import Client

from accounts.actions import password as passwords
from accounts.actions import sessions
from accounts.models import KnownBrowser, PlatformSession
from accounts.sessions import SessionStore
from portal.lib import client as origins
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = pytest.mark.django_db


def is_open(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.promise("SESS-1")
def test_fifteen_minutes_without_activity_end_a_session(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    assert is_open(client)

    clock.move(minutes=15, seconds=-1)
    assert is_open(client)

    clock.move(minutes=15)
    answer = client.get("/security/")
    assert answer["Location"] == "/login/?next=%2Fsecurity%2F&ended=yes"
    assert cause_of(client.get(answer["Location"])) == "S1"


@pytest.mark.promise("SESS-1")
def test_polling_is_not_activity(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    for _ in range(15):
        assert client.get("/idle/remaining/").json()["state"] != "ended"
        clock.move(minutes=1)

    assert client.get("/idle/remaining/").json() == {"seconds": 0, "state": "ended"}
    assert not is_open(client)


@pytest.mark.promise("SESS-1")
def test_the_warning_comes_two_minutes_before(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    clock.move(minutes=12, seconds=59)
    assert client.get("/idle/remaining/").json() == {"seconds": 121, "state": "active"}

    clock.move(seconds=1)
    assert client.get("/idle/remaining/").json() == {"seconds": 120, "state": "warn"}


@pytest.mark.promise("SESS-1")
def test_one_action_stays_signed_in_ten_times_and_more(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    for _ in range(12):
        clock.move(minutes=14)
        assert client.post("/idle/extend/").json()["seconds"] == 900

    assert is_open(client)


@pytest.mark.promise("SESS-1")
def test_twelve_hours_end_a_session_however_active(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    for _ in range(12 * 5):
        assert is_open(client)
        clock.move(minutes=12)

    assert not is_open(client)


def test_extending_needs_a_session_and_a_post(client: Client) -> None:
    assert client.post("/idle/extend/").status_code == 403
    assert client.get("/idle/extend/").status_code == 405


def test_a_new_sign_in_changes_the_session_key(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    clock.move(minutes=1)
    factories.sign_in(client, ada)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_a_session_key_chosen_by_somebody_else_is_not_taken_over(ada: Person) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    factories.sign_in(client, ada)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32
    assert is_open(client)


def test_the_key_of_a_session_is_nowhere_in_the_database(ada: Person) -> None:
    client = factories.signed_in(ada)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    row = PlatformSession.objects.get()
    assert row.digest == hashlib.sha256(key.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_platformsession")
        assert key not in str(cursor.fetchall())


def test_leaving_ends_the_session_for_every_copy_of_the_cookie(ada: Person) -> None:
    client, thief = factories.signed_in(ada), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value

    answer = client.post("/logout/")

    assert "Clear-Site-Data" not in answer
    assert not is_open(thief)
    assert client.get("/logout/").status_code == 405


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"session_version": 7}, {"suspended_at": "2026-03-02T00:00Z"}]
)
def test_shutting_a_log_in_ends_its_sessions_at_once(ada: Person, change: dict[str, object]) -> None:
    client = factories.signed_in(ada)
    type(ada.user).objects.filter(pk=ada.user.pk).update(**change)

    assert not is_open(client)


def test_turning_off_the_key_ends_the_sessions_it_opened(ada: Person) -> None:
    client = factories.signed_in(ada)
    ada.user.key_set.update(confirmed=False)

    assert not is_open(client)


@pytest.mark.promise("SESS-3")
def test_a_new_password_ends_every_session_and_known_browser(ada: Person, mallory: Person, clock: Clock) -> None:
    mine = [Client(headers={"user-agent": agent}) for agent in ("Firefox/1 Windows", "Safari/1 iPhone")]
    for client in mine:
        factories.sign_in(client, ada)
        clock.move(minutes=1)
    other = factories.signed_in(mallory)

    prepared = passwords.prepare(ada.user, "Quite-Another-Engine-7")
    ended = passwords.set_prepared(
        user=ada.user, prepared=prepared, by=ada.user, origin=origins.Origin(), now=clock.now
    )

    assert ended == ["Web: Firefox on Windows", "Web: Safari on iPhone"]
    assert [is_open(client) for client in mine] == [False, False]
    assert is_open(other)
    assert not KnownBrowser.objects.filter(user=ada.user).exists()


def test_ending_all_sessions_of_a_user_is_one_delete(ada: Person, django_assert_max_num_queries: object) -> None:
    for _ in range(5):
        factories.signed_in(ada)

    with django_assert_max_num_queries(5) as counted:
        sessions.end_everything(ada.user)

    deletes = [q["sql"] for q in counted.captured_queries if "DELETE" in q["sql"] and "platformsession" in q["sql"]]
    assert len(deletes) == 1


@pytest.mark.parametrize("data", [{}, {"_auth_user_id": "1"}, {"otp_device_id": "accounts.key/1"}, {"anything": 1}])
def test_a_session_without_two_factors_cannot_be_stored(db: None, data: dict[str, str]) -> None:
    store = SessionStore()
    store.update(data)

    with pytest.raises(SuspiciousOperation):
        store.save()


@pytest.mark.parametrize("cookie", ["", "x", "a" * 32, "' OR 1=1 --", "é", "a" * 4000])
def test_a_made_up_cookie_is_anonymous(db: None, cookie: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie

    assert client.get("/").status_code == 302


def test_one_statement_reads_session_user_and_key(ada: Person, django_assert_num_queries: object, rf: object) -> None:
    client = factories.signed_in(ada)

    with django_assert_num_queries(1):
        client.get("/idle/remaining/")


def test_sessions_that_are_over_are_deleted_by_command(ada: Person, clock: Clock) -> None:
    factories.signed_in(ada)
    clock.move(hours=13)
    factories.signed_in(ada)

    SessionStore.clear_expired()

    assert PlatformSession.objects.count() == 1
