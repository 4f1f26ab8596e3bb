"""What the server gives the Key's app: the same bytes to everybody, under a policy of its own."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.policies.keys import key_app
from accounts.views.keys.key_app import shell_files
from tests.browser.key_app import CODE
from tests.factories import Person, signed_in
from tests.lint_html import problems

OWN = ("/key/", "/key/sw.js", "/key/manifest.webmanifest")


@pytest.mark.parametrize("path", OWN)
def test_it_asks_neither_the_database_nor_who_is_there(path: str):
    answer = Client().get(path)  # no database in this test

    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("path", OWN)
def test_somebody_signed_in_gets_the_very_same_bytes(path: str, ada: Person):
    assert signed_in(ada).get(path).content == Client().get(path).content


def test_the_shell_is_well_formed_and_names_its_version():
    html = Client().get("/key/").content.decode()

    assert problems(html) == []
    assert f'data-version="{key_app.VERSION}"' in html


def test_a_shell_that_did_not_change_is_not_sent_again():
    first = Client().get("/key/")

    assert Client().get("/key/", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_only_the_app_itself_may_make_a_trusted_address_and_run_a_worker():
    policy = Client().get("/key/")["Content-Security-Policy"]

    for part in ("require-trusted-types-for 'script'", "trusted-types key", "worker-src 'self'", "manifest-src 'self'"):
        assert part in policy.split("; ")
    assert "trusted-types key" not in Client().get("/help/")["Content-Security-Policy"]


def test_the_manifest_names_pictures_that_are_there(settings):
    settings.PORTAL_KEY_NAME = "Harbour Key"
    facts = Client().get("/key/manifest.webmanifest").json()

    assert (facts["name"], facts["scope"], facts["start_url"], facts["display"]) == (
        "Harbour Key",
        "/key/",
        "/key/",
        "standalone",
    )
    assert {icon["sizes"] for icon in facts["icons"]} >= {"192x192", "512x512"}
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    assert all(finders.find(icon["src"].removeprefix(settings.STATIC_URL)) for icon in facts["icons"])


def test_the_worker_keeps_the_shell_and_nothing_else(settings):
    settings.PORTAL_KEY_NAME = '"; alert(1); //</script>'
    script = Client().get("/key/sw.js")
    kept = json.loads(re.search(r"new Set\((\[.*?\])\)", script.content.decode())[1])

    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert kept == ["/key/", *(settings.STATIC_URL + name for name in shell_files())]
    assert "alert(1); //<" not in script.content.decode()


def test_a_pairing_code_never_comes_to_the_server():
    """It stands behind the # of the address; the page and its script name no other place."""
    html = Client().get(f"/key/?pair={CODE}").content.decode()

    assert CODE not in html


def test_the_app_is_as_new_as_the_portal_asks():
    have, need = (tuple(map(int, text.split("."))) for text in (key_app.VERSION, settings.PORTAL_KEY_MIN_VERSION))

    assert have >= need
