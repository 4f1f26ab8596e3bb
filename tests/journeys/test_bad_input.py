"""Whatever is sent, wherever: a clear answer, nothing changed, and never a fault of ours."""

import time
from collections.abc import Iterator
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.views.generic import RedirectView

from accounts.enums import Role
from accounts.models import KnownBrowser, PlatformSession
from portal.audit.models import SecurityEvent
from portal.lib import hash_semaphore
from portal.outbox.hooks import signatures
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.journeys import walk

pytestmark = pytest.mark.django_db
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OURS = [page for page in walk.pages() if not page.path.startswith("/admin/")]
POSTED = [page for page in OURS if "POST" in page.methods]
BIG = "x" * 100_000
ODD = {
    "a NUL": "a\x00b",
    "control characters": "".join(map(chr, [*range(1, 32), 127, 128, 0x2028])),
    "half a pair": "\ud800".encode("utf-16", "surrogatepass"),
    "invisible": "\u202e\u200b\ufeff\ufffe",
    "markup": "<script>alert(1)</script>{{7*7}}{% debug %}",
    "SQL": "' OR 1=1; DROP TABLE accounts_user; --",
    "a path": "../../../../etc/passwd",
    "a number": "1" + "0" * 400,
}


def refused_loudly(answers: Iterator[tuple[str, object]]) -> list[str]:
    """Return what was answered with a fault of ours."""
    return [f"{what}: {answer.status_code}" for what, answer in answers if answer.status_code >= 500]


def is_signed(page: object) -> bool:
    """Tell whether a signature of the phone stands in for the form's token."""
    return page.path.startswith("/key/api/")


def form_of(page: object, value: object = "x") -> dict[str, object]:
    return dict.fromkeys(page.fields, value)


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.path)
def test_a_wrong_method_is_refused(page: object):
    client = Client()

    for verb in VERBS:
        answer = client.generic(verb, walk.address(page))
        is_mere_redirect = getattr(answer.resolver_match.func, "view_class", None) is RedirectView  # to every method
        assert (answer.status_code == 405) is (verb not in page.methods and not is_mere_redirect), verb


@pytest.mark.parametrize("page", POSTED, ids=lambda page: page.path)
def test_a_post_without_its_form_token_is_refused_and_changes_nothing(page: object, clock: Clock):
    for name, client in walk.everybody(Role.SENIOR):
        client.handler.enforce_csrf_checks = True
        before = walk.every_row()

        assert client.post(walk.address(page), form_of(page)).status_code == (400 if is_signed(page) else 403), name
        assert walk.every_row() == before, name


def test_no_page_of_the_desk_takes_a_post_without_its_form_token(clock: Clock):
    for name, client in walk.everybody():
        client.handler.enforce_csrf_checks = True
        before = walk.every_row()

        for page in walk.pages():
            if page.path.startswith("/admin/"):
                assert client.post(walk.address(page)).status_code in {302, 403, 404, 405}, (name, page.path)
        assert walk.every_row() == before, name


@pytest.mark.parametrize("page", POSTED, ids=lambda page: page.path)
def test_a_field_of_a_hundred_kilobytes_is_refused_quickly(page: object):
    offered = Client().get(walk.address(page)).content.decode()
    for field in page.fields:
        if f'name="{field}"' not in offered or field == "form_id":
            continue  # not asked of a stranger, or read as none
        start = time.process_time()

        answer = Client().post(walk.address(page), form_of(page) | {field: BIG})

        assert answer.status_code == 400, field
        assert time.process_time() - start < 2, field


def test_a_code_of_a_hundred_kilobytes_is_refused_and_is_no_try(ada: Person, clock: Clock):
    client = Client()
    factories.type_password(client, "ada", ada.password)

    assert factories.type_code(client, BIG).status_code == 400
    assert not Throttle.objects.filter(limit="code").exists()


def test_an_unknown_door_is_refused_and_neither_repeated_nor_hashed(ada: Person, clock: Clock):
    answer = factories.type_password(Client(), "ada", ada.password, realm="sideways")

    assert answer.status_code == 400
    assert "sideways is not" not in answer.content.decode()
    assert not Throttle.objects.exists()


def test_a_body_beyond_all_bounds_is_refused(ada: Person):
    for form in ({"password": BIG * 3}, {f"field{number}": "x" for number in range(101)}):
        assert Client().post("/login/", form).status_code == 400


@pytest.mark.parametrize("what", ODD)
def test_odd_text_in_any_field_is_no_fault_of_ours(what: str, clock: Clock):
    def answers() -> Iterator[tuple[str, object]]:
        for name, client in walk.everybody(Role.SENIOR):
            for page in POSTED:
                for field in page.fields:
                    form = form_of(page) | {field: ODD[what]}
                    yield f"{name} {page.path} {field}", client.post(walk.address(page), form)
                    Throttle.objects.all().delete()

    assert refused_loudly(answers()) == []


@pytest.mark.parametrize("what", ["a NUL", "control characters", "a number"])
def test_odd_text_in_any_address_is_no_fault_of_ours(what: str, clock: Clock):
    names = ("q", "next", "realm", "ended", "p", "o", "e", "all", "id", "id__exact", "page", "theme", "_popup")

    def answers() -> Iterator[tuple[str, object]]:
        for name, client in walk.everybody(Role.SENIOR):
            for page in walk.pages():
                if "GET" in page.methods:
                    yield f"{name} {page.path}", client.get(walk.address(page), dict.fromkeys(names, ODD[what]))

    assert refused_loudly(answers()) == []


@pytest.mark.parametrize("number", [str(2**63), "1" + "0" * 400, "-1"])
def test_a_number_out_of_range_in_an_address_is_no_page(number: str, clock: Clock):
    numbered = [page for page in walk.pages() if "<" in page.path and page.name != "admin:app_list"]
    for name, client in walk.everybody(Role.SENIOR):
        for page in numbered:
            path = walk.address(page, int=number, path=number, str=number, slug=number, proof=number)
            allowed = (
                {302, 403, 404, 405}
                if path.startswith("/admin/")
                else {404, 405}
                if name != "nobody"
                else {404, 405, 302}
            )
            assert client.get(path).status_code in allowed, (name, path[:80])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"username": "ada", "username": "bob"}'),
        ("text/plain", b"username=ada"),
        ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nbroken"),
        ("multipart/form-data; boundary=" + "x" * 300, b""),
        ("application/x-www-form-urlencoded; charset=nonsense", b"username=ada"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"username=+ADw-"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff%fe&%"),
        ("", b"\x00" * 1000),
    ],
)
def test_another_kind_of_body_is_no_fault_of_ours(content_type: str, body: bytes, clock: Clock):
    for page in POSTED:
        answer = Client().generic("POST", walk.address(page), body, content_type=content_type)

        assert answer.status_code in {200, 302, 400, 403, 415}, page.path
    assert not PlatformSession.objects.exists()


def test_a_field_given_twice_counts_once(ada: Person, clock: Clock):
    form = {"username": ["bob", "ada"], "password": ["x", ada.password]}

    answer = Client().post("/login/", form)

    assert answer["Location"].startswith("/login/confirm/")
    assert Throttle.objects.filter(limit="password").count() == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.test/", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test",
        "http:///evil.test", "javascript:alert(1)", "data:text/html,x", "\thttps://evil.test", "https://evil.test\\@a",
        "//evil.test%2f@testserver", "https://testserver@evil.test", "https://testserver.evil.test/", "\x00//evil.test",
        "ftp://testserver/", "/\t/evil.test", "http:\\\\evil.test",
    ],
)  # fmt: skip
def test_no_address_given_leads_to_another_site(ada: Person, agent: Person, clock: Clock, elsewhere: str):
    signed_in, desk = factories.signed_in(ada), factories.signed_in(agent)
    answers = [
        signed_in.get("/login/", {"next": elsewhere}),
        Client().get("/admin/login/", {"next": elsewhere}),
        desk.get("/admin/login/", {"next": elsewhere}),
    ]
    client = Client()
    factories.type_password(client, "ada", ada.password, next=elsewhere)
    answers.append(factories.type_code(client, ada.code(), next=elsewhere))

    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\", "/\t"))


@pytest.mark.parametrize("page", walk.pages(), ids=lambda page: page.path)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_nothing_is_answered_to_another_site(page: object, verb: str):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}

    assert Client(headers=headers).generic(verb, walk.address(page)).status_code == 403


@pytest.mark.parametrize("dest", ["iframe", "frame", "object", "embed"])
def test_no_page_is_shown_inside_another_site(dest: str):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": dest}

    assert Client(headers=headers).get("/login/").status_code == 403


def test_a_link_from_another_site_opens_the_page():
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}

    assert Client(headers=headers).get("/login/").status_code == 200
    assert Client(headers=headers).post("/login/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/nothing/", "/help/nothing/", "/help/problem/nothing/", "/login", "/admin.php", "/.env", "/%00", "/é/"]
)
def test_what_is_not_there_is_said_to_everybody_alike(path: str, clock: Clock):
    for name, client in walk.everybody():
        answer = client.get(path)
        assert answer.status_code == (301 if path == "/login" else 404), name


def test_a_foreign_host_is_refused_with_a_plain_page(settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = Client().get("/login/", headers={"host": "evil.test"})

    assert answer.status_code == 400
    assert "evil.test" not in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.fixture
def no_slot(settings, tmp_path) -> None:
    """Let every slot of the hashing gate be taken."""
    settings.PORTAL_RUN_DIR, settings.PORTAL_HASH_QUEUE_SECONDS = str(tmp_path / "run"), 0
    held = [hash_semaphore._take() for _ in range(settings.PORTAL_HASH_SLOTS)]
    yield
    for handle in held:
        hash_semaphore.os.close(handle)


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_a_full_queue_asks_to_come_again_and_costs_no_try(ada: Person, clock: Clock, no_slot: None, name: str):
    answers = [factories.type_password(Client(), name, ada.password) for _ in range(7)]

    assert {answer.status_code for answer in answers} == {503}
    assert int(answers[0]["Retry-After"]) > 0
    assert not Throttle.objects.exclude(used=0).exists()


def fault(*_: object) -> None:
    raise OperationalError("the database is away")


@pytest.mark.parametrize("page", [page for page in OURS if "GET" in page.methods], ids=lambda page: page.path)
def test_without_the_database_a_page_works_or_asks_to_come_again(page: object, ada: Person):
    client = factories.signed_in(ada)

    with connection.execute_wrapper(fault):
        answer = client.get(walk.address(page))

    assert answer.status_code < 500 or (answer.status_code == 503 and answer["Retry-After"])


@pytest.mark.parametrize("path", ["/", "/security/", "/readyz", "/admin/"])
def test_without_the_database_what_needs_it_says_when_to_come_again(path: str, ada: Person):
    client = factories.signed_in(ada)

    with connection.execute_wrapper(fault):
        answer = client.get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "the database is away" not in answer.content.decode()


def test_a_sign_in_that_loses_the_database_half_way_leaves_nothing_behind(ada: Person, clock: Clock):
    client = Client()
    factories.type_password(client, "ada", ada.password)

    for statements in range(1, 60):
        if (answer := code_with_fault_at(client, ada, statements)).status_code == 302:
            break
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        for model in (PlatformSession, SecurityEvent, Notice, KnownBrowser):
            assert not model.objects.exists()
        Throttle.objects.filter(limit="code").delete()

    assert statements > 10
    assert PlatformSession.objects.count() == SecurityEvent.objects.count() == 1


def code_with_fault_at(client: Client, person: Person, number: int) -> object:
    """Type the right code while the n-th statement fails."""
    seen = 0

    def failing(execute: object, *query: object) -> object:
        nonlocal seen
        seen += 1
        return fault() if seen == number else execute(*query)

    with connection.execute_wrapper(failing):
        return factories.type_code(client, person.code())


@pytest.mark.parametrize(
    "charset", ["zlib", "hex", "rot13", "idna", "punycode", "undefined", "utf-7", "latin-1", '"x"']
)
@pytest.mark.parametrize("path", ["/login/?a=1", "/?x=1", "/help/?q=a", "/recover/?x=1", "/admin/login/?next=/"])
def test_a_claimed_character_set_reads_no_address(path: str, charset: str):
    assert status_by_wsgi(path, f"text/plain; charset={charset}") == 400
    assert status_by_wsgi(path, 'text/plain; charset="UTF-8"') in {200, 302}


def status_by_wsgi(path: str, content_type: str) -> int:
    """Return the status that a web server gets for this address."""
    from portal.wsgi import application

    where, _mark, query = path.partition("?")
    environ = {"PATH_INFO": where, "QUERY_STRING": query, "HTTP_HOST": "testserver", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    said: list[str] = []
    list(application(environ, lambda status, _headers: said.append(status)))
    return int(said[0].split()[0])


@pytest.mark.parametrize("path", ["/accounts/a%00b/", "/accounts/%00/activity/file/", "/firm/holds/%00/", "/help/%00/"])
def test_a_nul_in_an_address_is_no_page_on_any_database(ada: Person, clock: Clock, settings: object, path: str):
    settings.PORTAL_FIRM_TOKENS, settings.PORTAL_HOOK_SECRETS = "t" * 32, signatures.new_secret()

    assert factories.signed_in(ada).get(path, headers={"Authorization": f"Bearer {'t' * 32}"}).status_code == 404
