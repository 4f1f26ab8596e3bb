"""Sensitive pages ask for password and Key once more; what was proved a moment ago counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.actions.authenticators import backup_codes
from accounts.middleware import SessionUserMiddleware
from accounts.models import BackupCode, Key, PlatformSession
from accounts.policies import reauthentication
from accounts.sessions import SessionStore
from accounts.views import guards
from portal.audit.models import SecurityEvent
from portal.lib import client as origins
from portal.lib import hash_semaphore
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = pytest.mark.django_db
WRONG = "Not-The-Password-1"


@pytest.fixture
def stale(ada: Person, clock: Clock) -> Client:
    """Ada's browser, a quarter of an hour after she signed in; she has not been idle."""
    client = Client()
    factories.sign_in(client, ada)
    for _ in range(2):
        clock.move(minutes=7, seconds=30)
        client.post(reverse("accounts:idle-extend"))
    return client


def confirm(client: Client, person: Person, wanted: str = "", **typed: str) -> HttpResponse:
    form = {"password": person.password, "next": wanted} | (typed or {"code": person.code()})
    return client.post(reverse("accounts:confirm"), form)


def reach(client: Client, method: str = "GET") -> HttpResponse:
    """Call a page that needs fresh proof with the session of this client."""
    request = getattr(RequestFactory(), method.lower())("/security/keys/?a=1")
    request.session = SessionStore(client.cookies["session"].value if "session" in client.cookies else None)
    request._messages = type("Heard", (list,), {"add": lambda self, *said: self.append(said)})()
    SessionUserMiddleware(lambda _request: HttpResponse()).process_request(request)
    answer = guards.freshly_proved(lambda _request: HttpResponse("in"))(request)
    answer.said = [text for _level, text, _tags in request._messages]
    return answer


@pytest.mark.parametrize(("seconds", "verdict"), [(0, True), (599, True), (600, False), (-1, False), (86_400, False)])
def test_a_proof_is_fresh_for_ten_minutes(clock: Clock, seconds: int, verdict: bool) -> None:
    proved = clock.now - timedelta(seconds=seconds)

    assert reauthentication.is_fresh(proved_at=proved, now=clock.now, lifetime=timedelta(minutes=10)) is verdict


def test_right_after_signing_in_nothing_more_is_asked(ada: Person, clock: Clock) -> None:
    client = Client()
    factories.sign_in(client, ada)

    assert reach(client).content == b"in"


def test_a_stale_visit_is_sent_to_confirm_and_comes_back(ada: Person, stale: Client) -> None:
    answer = reach(stale)

    assert answer["Location"] == "/confirm/?next=%2Fsecurity%2Fkeys%2F%3Fa%3D1"
    assert confirm(stale, ada, "/security/keys/?a=1")["Location"] == "/security/keys/?a=1"
    assert reach(stale).content == b"in"


def test_a_form_that_comes_too_late_is_said_not_to_have_counted(stale: Client) -> None:
    answer = reach(stale, "POST")

    assert answer.status_code == 302
    assert len(answer.said) == 1


def test_who_is_not_signed_in_is_sent_to_sign_in(clock: Clock) -> None:
    assert reach(Client())["Location"].startswith("/login/")


@pytest.mark.asvs("7.2.4")
def test_confirming_gives_the_session_a_new_key_and_nothing_more_time(ada: Person, stale: Client, clock: Clock) -> None:
    before, old = PlatformSession.objects.get(), stale.cookies["session"].value

    confirm(stale, ada)

    after = PlatformSession.objects.get()
    assert stale.cookies["session"].value != old
    assert (after.proved_at, after.ends_at, after.session_version) == (
        clock.now,
        before.ends_at,
        before.session_version,
    )
    assert (after.address, after.device) == (before.address, before.device)
    assert stale.get("/security/").status_code == 200
    thief = Client()
    thief.cookies["session"] = old
    assert thief.get("/security/").status_code == 302
    assert SecurityEvent.objects.filter(subject=ada.user, action="proof_repeated").count() == 1


def test_a_code_that_confirmed_opens_nothing_else(ada: Person, stale: Client) -> None:
    code = ada.code()
    confirm(stale, ada, code=code)

    answer = confirm(stale, ada, code=code)

    assert cause_of(answer) == "K3"
    assert factories.sign_in(Client(), ada, code=code).status_code == 200


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ({"password": WRONG, "code": "000000"}, "P1"),
        ({"code": "000000"}, "K1"),
        ({"code": "what"}, "K1"),
        ({"backup_code": "2222-2222"}, "K7"),
        ({"backup_code": "short"}, "K7"),
    ],
)
def test_a_wrong_proof_is_refused_in_the_words_of_signing_in(
    ada: Person, stale: Client, typed: dict[str, str], cause: str
) -> None:
    old = stale.cookies["session"].value

    answer = confirm(stale, ada, **typed)

    assert answer.status_code == 200
    assert cause_of(answer) == cause
    assert "Tries left: 4" in answer.content.decode()
    assert stale.cookies["session"].value == old
    assert reach(stale).status_code == 302


def test_a_wrong_password_uses_up_no_try_at_codes_and_no_code(ada: Person, stale: Client) -> None:
    confirm(stale, ada, password=WRONG, code=ada.code())

    assert list(Throttle.objects.filter(used__gt=0).values_list("limit", flat=True)) == ["password"]
    assert confirm(stale, ada).status_code == 302
    assert not Throttle.objects.filter(limit="code", used__gt=0).exists()


@pytest.mark.promise("LOCK-1")
@pytest.mark.parametrize("typed", [{"password": WRONG, "code": "000000"}, {"code": "000000"}])
def test_the_fifth_wrong_try_pauses_this_browser(ada: Person, stale: Client, typed: dict[str, str]) -> None:
    for _ in range(5):
        answer = confirm(stale, ada, **typed)

    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert confirm(stale, ada).status_code == 429


@pytest.mark.promise("LOCK-5")
def test_strangers_do_not_keep_the_owner_from_confirming(ada: Person, stale: Client) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(5):
        factories.type_password(stranger, "ada", WRONG)

    assert confirm(stale, ada).status_code == 302


def test_a_backup_code_stands_in_for_the_key(ada: Person, stale: Client, clock: Clock) -> None:
    code = backup_codes.make(user=ada.user, by=ada.user, origin=origins.Origin(), now=clock.now)[0]

    answer = confirm(stale, ada, backup_code=code.lower().replace("-", " "))

    row = PlatformSession.objects.get()
    assert answer.status_code == 302
    assert (row.key, row.backup_code) == (None, BackupCode.objects.get(used_at=clock.now))
    assert stale.get("/security/").status_code == 200
    assert Notice.objects.filter(kind="backup_code_used").count() == 1


def test_without_a_key_the_page_asks_for_a_backup_code_alone(ada: Person, clock: Clock) -> None:
    code = backup_codes.make(user=ada.user, by=ada.user, origin=origins.Origin(), now=clock.now)[0]
    client = Client()
    factories.sign_in(client, ada)
    confirm(client, ada, backup_code=code)
    Key.objects.update(confirmed=False, ended_at=clock.now, end_reason="turned_off")

    page = client.get(reverse("accounts:confirm")).content.decode()

    assert 'name="code"' not in page
    assert 'name="backup_code"' in page


@pytest.mark.parametrize(
    "wanted", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "/confirm/", "confirm/", ""]
)
def test_nobody_is_led_away_from_the_portal(ada: Person, stale: Client, wanted: str) -> None:
    assert confirm(stale, ada, wanted)["Location"] == "/security/"


@pytest.mark.parametrize("field", ["password", "code", "backup_code"])
def test_what_is_too_long_is_not_read(ada: Person, stale: Client, field: str) -> None:
    typed = {"code": ada.code(), field: "1" * 2000}

    assert confirm(stale, ada, **typed).status_code == 400
    assert not Throttle.objects.filter(used__gt=0).exists()


def test_what_was_typed_is_never_sent_back(ada: Person, stale: Client) -> None:
    page = confirm(stale, ada, password=WRONG, code="123456", backup_code="7K3MQ9XT").content.decode()

    assert WRONG not in page
    assert "123456" not in page
    assert "7K3MQ9XT" not in page


def test_a_try_is_given_back_when_no_slot_was_free(
    ada: Person, stale: Client, monkeypatch: pytest.MonkeyPatch, fail_busy: Callable[[], None]
) -> None:
    fail_busy()

    assert confirm(stale, ada).status_code == 503
    assert not Throttle.objects.filter(used__gt=0).exists()


@pytest.fixture
def fail_busy(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every slot for hashing be taken."""

    def busy(_work: object) -> None:
        raise hash_semaphore.HashingOverloaded

    return lambda: monkeypatch.setattr(hash_semaphore, "run", busy)
