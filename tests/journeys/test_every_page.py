"""What holds for every address there is: its headers, and that looking changes nothing."""

import contextlib
import re

import pytest
from django.test import Client

from accounts.enums import Role
from portal.lib import headers
from tests import factories
from tests.conftest import Clock
from tests.journeys import walk

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
ALSO_ON_DATA = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")  # where nothing loads or runs at all
EXTRA = ["/nothing/", "/help/nothing/", "/help/search/?q=otp", "/login/?ended=yes", "/admin/nothing/"]


def answers(client: Client) -> list[tuple[str, object]]:
    paths = [walk.address(page) for page in walk.pages()] + EXTRA
    return [(path, client.get(path)) for path in paths] + [("POST /login/", client.post("/login/"))]


def faults(answer: object) -> list[str]:
    """Return what is wrong with the headers of an answer."""
    policy = answer.headers.get("Content-Security-Policy", "")
    sources = {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}
    if policy == headers.DATA_ONLY:
        wrong = [name for name in ALSO_ON_DATA if answer.headers.get(name) != HEADERS[name]]
        return wrong + [answer["Content-Type"]] * (answer["Content-Type"] != "application/json")
    wrong = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    wrong += [word for word in ("unsafe", "http:", "https:", "*", "data:") if word in policy]
    wrong += [name for name in ("script-src", "style-src", "img-src", "form-action") if sources.get(name) != "'self'"]
    wrong += [name for name in ("default-src", "base-uri", "frame-ancestors") if sources.get(name) != "'none'"]
    return wrong if re.fullmatch(r"[0-9A-Z]{8}", answer.headers.get("X-Request-Id", "")) else [*wrong, "X-Request-Id"]


@pytest.mark.parametrize("role", ["nobody", "customer", Role.SENIOR])
def test_every_answer_bears_the_headers_that_protect_it(role: str, clock: Clock):
    client = dict(walk.everybody(Role.SENIOR))[role]

    assert [(path, wrong) for path, answer in answers(client) if (wrong := faults(answer))] == []


def test_trusted_types_are_demanded_everywhere_but_at_the_desk(clock: Clock):
    client = dict(walk.everybody(Role.SENIOR))[Role.SENIOR]

    for path, answer in answers(client):
        policy = answer["Content-Security-Policy"]
        demanded = "require-trusted-types-for 'script'" in policy or policy == headers.DATA_ONLY
        assert demanded is not path.startswith("/admin/"), path


@pytest.mark.parametrize("role", ["nobody", "customer", Role.SENIOR])
def test_only_what_is_the_same_for_everybody_may_be_kept(role: str, clock: Clock):
    client = dict(walk.everybody(Role.SENIOR))[role]

    for path, answer in answers(client):
        kept = "no-store" not in answer.get("Cache-Control", "")
        assert not kept or path.startswith(walk.PUBLIC) or path in walk.KEY_APP, path
        assert not kept or not answer.cookies, path


def test_static_files_bear_the_headers_too():
    with contextlib.closing(Client().get("/static/portal/portal.css")) as answer:
        assert answer.status_code == 200
        assert set(faults(answer)) <= {"X-Frame-Options"}  # the policy's frame-ancestors says it for them


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(method: str, clock: Clock):
    for name, client in walk.everybody():
        before = walk.every_row()

        for page in walk.pages():
            getattr(client, method)(walk.address(page))

        assert walk.every_row() == before, name


def test_looking_at_what_is_there_changes_nothing_either(
    ada: factories.Person, adviser: factories.Person, clock: Clock
):
    desk = factories.signed_in(factories.staff("walker", Role.SENIOR))
    factories.sign_in(Client(), ada)
    rows = [str(ada.user.pk), str(ada.user.customer_id), str(adviser.user.pk)]
    before = walk.every_row()

    for page in walk.pages():
        for row in rows:
            desk.get(walk.address(page, int=row, path=row, str=row))

    assert walk.every_row() == before


def test_the_walk_would_see_a_change(ada: factories.Person, clock: Clock):
    before = walk.every_row()
    factories.type_password(Client(), "ada", "wrong")

    assert walk.every_row() != before
