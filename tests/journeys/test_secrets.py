"""No secret is kept where it does not belong, whatever is typed wherever, and whatever breaks."""

import base64
import csv
import hashlib
import logging
from itertools import count
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.actions import password as passwords
from accounts.actions.authenticators import emailed_code
from accounts.actions.authenticators.security_answers import set_answers
from accounts.actions.keys import key_codes
from accounts.enums import CodePurpose, Role
from accounts.models import Key
from portal.lib import client as origins
from portal.lib import clock as portal_clock
from portal.lib import code_alphabet
from portal.outbox import delivery, periodic_tasks
from portal.outbox.models import HookEvent
from tests import factories, notices
from tests.accounts import staff_work
from tests.accounts.welcome_work import Arrival, newcomer
from tests.conftest import Clock
from tests.factories import Person
from tests.journeys import hunt, walk
from tests.looks import look

pytestmark = pytest.mark.django_db
HEADERS = ("user-agent", "referer", "authorization", "x-request-id", "x-forwarded-for", "accept-language", "origin")
DESK_ABOUT_LETTERS = (
    "/admin/accounts/welcomeletter/",
    "/admin/accounts/user/{user}/change/",
)
COOKIES = ("session", "pending", "browser", "csrf", "messages", "case-page", "set-up", "known", "welcome")


class Secrets(list[str]):
    """Secrets of a story, none like another; each would pass for a password."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count()

    def new(self) -> str:
        """Make one up and remember it."""
        secret = "Mk" + hashlib.sha256(str(next(self._numbers)).encode()).hexdigest()[:14] + "!Q9"
        self.append(secret)
        return secret

    def also(self, secret: str) -> str:
        """Remember one that came about."""
        if secret and secret not in self:
            self.append(secret)
        return secret


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture
def hunter(settings) -> hunt.Hunt:
    """Listen to the portal's own log, with somebody who would get Django's error reports."""
    settings.ADMINS = [("Operator", "operator@northgate.test")]
    settings.PORTAL_HOOK_URLS = ["books=https://books.example.test/events"]  # what the firm hears is looked through too
    cache.clear()
    handler, buffer, before = hunt.listen()
    level = logging.root.level
    logging.root.setLevel(logging.DEBUG)
    yield hunt.Hunt(buffer)
    logging.root.setLevel(level)
    handler.setStream(before)


def work(clock: Clock) -> None:
    """Let the worker do all it does."""
    clock.move(minutes=1)
    periodic_tasks.run_all(clock.now)
    delivery.deliver_due()


def person(name: str, secrets: Secrets, *, role: Role | None = None) -> Person:
    made = factories.staff(name, role) if role else factories.customer(name)
    passwords.set_first_password(made.user, secrets.new())
    made.user.save()
    made.password = secrets[-1]
    secrets.also(made.seed)
    passwords.remember_password(made.user, made.password, now=portal_clock.now())
    return made


def keep_cookies(client: Client, secrets: Secrets) -> None:
    for morsel in client.cookies.values():
        secrets.also(morsel.value)


def sign_in(client: Client, who: Person, secrets: Secrets) -> None:
    factories.type_password(client, who.user.username, who.password)
    keep_cookies(client, secrets)
    assert factories.type_code(client, secrets.also(who.code())).status_code == 302
    keep_cookies(client, secrets)


def test_the_hunt_finds_what_is_there(hunter: hunt.Hunt, secrets: Secrets, ada: Person, clock: Clock):
    in_table, in_event, in_log, in_mail, in_cache, in_page, encoded = (secrets.new() for _ in range(7))
    HookEvent.objects.create(type="x", body={"data": in_event}, created_at=clock.now)
    notices.email(ada.user, now=clock.now, dedupe=in_table.lower())
    logging.getLogger("portal.anything").debug("typed", extra={"facts": {"it": in_log}})
    mail.send_mail("subject", in_mail, "a@northgate.test", ["b@northgate.test"])
    cache.set("key", in_cache)
    hunter.pages.append(in_page)
    logging.getLogger("other").warning(base64.b64encode(encoded.encode()).decode())

    places = dict(hunter.found([*secrets, "nowhere to be seen"]))

    assert len(places) == 7
    assert [places[secret].split()[0] for secret in secrets] == [
        "table",
        "event",
        "log",
        "mail",
        "cache",
        "page",
        "log",
    ]


def test_the_hunt_finds_a_short_code_among_other_digits():
    assert hunt.pattern("123456").search("code 123456.")
    assert hunt.pattern("123456").search('"code": "123456"')
    assert not hunt.pattern("123456").search("0123456789")


def test_passwords_and_codes_right_and_wrong_are_kept_nowhere(hunter: hunt.Hunt, secrets: Secrets, clock: Clock):
    ada = person("ada", secrets)
    for _ in range(7):
        answer = factories.type_password(Client(), "ada", secrets.new())
        hunter.pages.append(answer.content.decode())
    clock.move(minutes=16)
    client = Client()
    factories.type_password(client, "ada", ada.password)
    for _ in range(3):
        hunter.pages.append(factories.type_code(client, secrets.new()).content.decode())
    for field in ("form_id", "sign_in", "next", "again", "approved", "stop"):
        factories.press(client, **{field: secrets.new()})
    factories.press(client, form_id="A" * 22, otp_token=secrets.new())
    sign_in(Client(), ada, secrets)
    factories.type_code(client, secrets[-1])
    work(clock)

    assert len(secrets) > 14
    assert hunter.found(secrets) == []


def test_a_password_typed_as_a_username_is_kept_nowhere(hunter: hunt.Hunt, secrets: Secrets, clock: Clock):
    for _ in range(7):
        factories.type_password(Client(), secrets.new(), secrets.new())
    for _ in range(6):
        factories.type_password(Client(), secrets[0], "again")
    work(clock)

    assert hunter.found(secrets) == []


def test_what_is_typed_into_searches_addresses_and_headers_is_kept_nowhere(
    hunter: hunt.Hunt, secrets: Secrets, clock: Clock
):
    ada, lee = person("ada", secrets), person("lee", secrets, role=Role.SENIOR)
    query = {name: secrets.new() for name in ("q", "next", "realm", "ended", "id", "o")}
    headers = {name: secrets.new() for name in HEADERS}
    fields = {field: secrets.new() for page in walk.pages() for field in page.fields}
    for client in (Client(), factories.signed_in(ada), factories.signed_in(lee)):
        for page in walk.pages():
            path = walk.address(page)
            client.get(path, query, headers=headers)
            client.post(
                path, {field: fields[field] for field in page.fields} | {"form_id": secrets[0], "sign_in": secrets[0]}
            )
    work(clock)

    assert len(secrets) > 30
    assert hunter.found(secrets) == []


def test_forged_cookies_and_refused_posts_are_kept_nowhere(hunter: hunt.Hunt, secrets: Secrets, clock: Clock):
    for path in ("/", "/login/", "/security/", "/admin/", "/recover/status/"):
        client = Client(enforce_csrf_checks=True)
        for name in COOKIES:
            client.cookies[name] = secrets.new()
        client.get(path)
        for secure in (False, True):
            client.post(path, {"csrfmiddlewaretoken": secrets.new()}, secure=secure)
            client.post(path, headers={"x-csrftoken": secrets.new()}, secure=secure)
    work(clock)

    assert hunter.found(secrets) == []


def test_seeds_new_passwords_and_answers_are_kept_only_encrypted_or_hashed(
    hunter: hunt.Hunt, secrets: Secrets, clock: Clock
):
    ada = person("ada", secrets)
    for _ in range(2):
        prepared = passwords.prepare(ada.user, secrets.new())
        passwords.set_prepared(user=ada.user, prepared=prepared, by=ada.user, origin=origins.Origin(), now=clock.now)
    for _ in range(2):
        secret = secrets.also(key_codes.new_secret())
        Key.objects.create(user=ada.user, name="Another phone", kind="app", secret=secret, confirmed=True)
    with transaction.atomic():
        set_answers(ada.user, {"first_school": secrets.new(), "childhood_friend": secrets.new()})
    work(clock)

    assert hunter.found(secrets) == []
    assert {each.secret for each in ada.user.key_set.all()} < set(secrets)


def test_an_emailed_code_stands_in_its_own_mail_alone(hunter: hunt.Hunt, secrets: Secrets, clock: Clock):
    ada = person("ada", secrets)
    emailed_code.send(user=ada.user, purpose=CodePurpose.RECOVERY, by=None, origin=origins.Origin(), now=clock.now)
    queued = hunter.found(secrets)
    work(clock)
    code = next(word for word in mail.outbox[0].body.replace("\n", "  ").split("  ") if is_code(word.strip())).strip()
    emailed_code.accept(
        user=ada.user, purpose=CodePurpose.RECOVERY, code=code.replace(" ", ""), origin=origins.Origin(), now=clock.now
    )

    assert queued == []
    assert mail.outbox[0].to == ["ada@example.test"]
    assert {place for _code, place in hunter.found([code, code.replace(" ", "")])} == {"mail"}


def test_a_welcome_code_stands_in_its_letter_alone(hunter: hunt.Hunt, secrets: Secrets, clock: Clock, tmp_path: Path):
    vera = newcomer(phone="+44 20 7946 0000")
    call_command("portal_welcome_letters", str(tmp_path / "out"), stdout=hunter.log)
    (row,) = csv.DictReader((tmp_path / "out" / "letters.csv").read_text(encoding="utf-8").splitlines())
    for code in (row["code"], code_alphabet.plain(row["code"]), row["code"].replace(" ", "-").lower()):
        secrets.also(code)
    wrong = secrets.new()
    arrival = Arrival(vera)
    hunter.pages.append(arrival.types_code(wrong).content.decode())
    hunter.pages.append(arrival.types_code(row["code"]).content.decode())
    hunter.pages.append(arrival.tells(secrets.new()).content.decode())
    hunter.pages.append(arrival.tells("+44 20 7946 0000").content.decode())
    hunter.pages.append(arrival.types_mailed_code().content.decode())
    hunter.pages.append(arrival.chooses(secrets.new()).content.decode())
    for role in Role:
        desk = factories.signed_in(factories.staff(f"desk-{role}", role))
        hunter.pages.append(look(desk, "vera").content.decode())
        for path in DESK_ABOUT_LETTERS:
            hunter.pages.append(desk.get(path.format(user=vera.pk), follow=True).content.decode())
    call_command("portal_status", "vera", stdout=hunter.log)
    keep_cookies(arrival.client, secrets)
    work(clock)

    assert vera.welcome_letters.get().used_at
    assert hunter.found(secrets) == []


def test_of_an_invitation_one_part_is_said_once_and_the_other_stands_in_its_mail_alone(
    hunter: hunt.Hunt, secrets: Secrets, clock: Clock
):
    invited = staff_work.invite(factories.staff("root", Role.OPERATOR))
    typed = staff_work.parts(invited)
    secrets.also(invited.told_part)
    browser, page = Client(), "/invitation/"
    wrong = {"username": "nina", "told_part": secrets.new(), "mailed_part": secrets.new()}
    hunter.pages.append(browser.post(page, wrong).content.decode())
    hunter.pages.append(browser.post(page, typed, follow=True).content.decode())
    hunter.pages.append(browser.post(f"{page}password/", {"new_password": secrets.new()}).content.decode())
    for role in Role:
        desk = factories.signed_in(factories.staff(f"desk-{role}", role))
        for path in (
            "/admin/accounts/staffinvitation/",
            f"/admin/accounts/employee/{invited.invitation.user.employee_id}/change/",
        ):
            hunter.pages.append(desk.get(path, follow=True).content.decode())
    call_command("portal_staff", "list", stdout=hunter.log)
    keep_cookies(browser, secrets)
    work(clock)
    delivery.deliver_due()

    assert invited.invitation.user.invitations.get().accepted_at
    assert hunter.found(secrets) == []
    assert {place for _part, place in hunter.found([typed["mailed_part"]])} == {"mail"}


def is_code(text: str) -> bool:
    return len(text) == 7 and text[3] == " " and text.replace(" ", "").isdigit()


def test_tokens_of_open_sessions_are_kept_nowhere(hunter: hunt.Hunt, secrets: Secrets, clock: Clock):
    for name in ("ada", "mallory"):
        client = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130"})
        client.get("/login/")
        sign_in(client, person(name, secrets), secrets)
        client.get("/security/")
        keep_cookies(client, secrets)
    work(clock)

    assert len(secrets) > 10
    assert hunter.found(secrets) == []


def test_the_pin_of_a_case_is_shown_once_and_kept_nowhere(hunter: hunt.Hunt, secrets: Secrets, clock: Clock):
    person("ada", secrets)
    client = Client()
    opened = client.post("/recover/", {"username": "ada", "lost": ["key"], "contact": "+1 555 0123"}, follow=True)
    secrets.also(opened.context["pin"])
    keep_cookies(client, secrets)
    reference = opened.context["claim"].reference
    for pin in (secrets.new(), opened.context["pin"]):
        client.post("/recover/status/", {"reference": reference, "pin": pin})
    work(clock)

    assert mail.outbox
    assert hunter.found(secrets) == []


@pytest.mark.parametrize(
    "broken", ["accounts.actions.sign_in.check_password._matching", "accounts.actions.keys.key_codes.use_code"]
)
def test_a_fault_tells_nothing_of_what_was_typed(
    hunter: hunt.Hunt, secrets: Secrets, clock: Clock, monkeypatch: pytest.MonkeyPatch, broken: str
):
    ada, client = person("ada", secrets), Client(raise_request_exception=False)
    if "key" in broken:
        factories.type_password(client, "ada", ada.password)
    monkeypatch.setattr(broken, explode)
    typed = secrets.new()

    answer = factories.type_code(client, typed) if "key" in broken else factories.type_password(client, "ada", typed)
    hunter.pages.append(answer.content.decode())
    keep_cookies(client, secrets)

    assert answer.status_code == 500
    assert "Traceback" in hunter.log.getvalue()
    assert mail.outbox == []
    assert hunter.found(secrets) == []


def explode(*typed: object, **more: object) -> None:
    kept = (typed, more)
    raise RuntimeError("something of ours broke" if kept else "")
