"""The list of pages is read off the code, and says what is so."""

import json
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import urls as accounts_urls
from accounts.key_api import urls as key_api_urls
from portal.lib.http_methods import is_post_only
from portal.management.commands.portal_docs import between_marks
from portal.management.commands.portal_map import markdown
from portal.url_inventory import Page, every_page
from recovery import urls as recovery_urls


def page(name: str) -> Page:
    return next(page for page in every_page() if page.name == name)


def test_every_page_has_a_name_of_its_own_and_a_path():
    names = [page.name for page in every_page()]

    assert len(names) == len(set(names))
    assert all(page.path.startswith("/") for page in every_page())


def test_the_sign_in_page_lists_the_fields_of_both_steps():
    assert page("accounts:login").methods == ("GET", "POST")
    assert {"realm", "username", "password"} <= set(page("accounts:login").fields)
    assert {"otp_token", "backup_code"} <= set(page("accounts:second-factor").fields)


@pytest.mark.parametrize(
    ("name", "methods", "who"),
    [
        ("home:dashboard", ("GET",), "signed in"),
        ("accounts:logout", ("POST",), "everybody"),
        ("helpcenter:home", ("GET",), "everybody"),
        ("admin:index", ("GET",), "staff"),
    ],
)
def test_a_page_says_who_may_call_it_and_how(name, methods, who):
    assert (page(name).methods, page(name).who) == (methods, who)


@pytest.mark.django_db
@pytest.mark.parametrize("found", [page for page in every_page() if "<" not in page.path], ids=lambda page: page.path)
def test_a_page_behaves_as_the_list_says(found):
    answer = Client().get(found.path, follow=True)

    if "GET" not in found.methods:
        assert answer.status_code == 405
    elif found.who == "a paired phone":
        assert answer.status_code == 400
    elif found.who == "everybody":
        assert answer.status_code == 200
    else:
        assert answer.request["PATH_INFO"] == "/login/"


def test_the_map_comes_as_json_with_every_detail():
    out = StringIO()
    call_command("portal_map", "--json", stdout=out)

    first = json.loads(out.getvalue())[0]

    assert set(first) == {"path", "name", "methods", "who", "fields", "task"}


def test_the_table_of_pages_leaves_the_admin_out():
    table = markdown(every_page())

    assert "`accounts:login`" in table
    assert "/admin/" not in table


def test_what_stands_between_the_marks_is_replaced_and_nothing_else():
    text = "a\n<!-- generated: manage.py portal_docs -->\nold\n<!-- end of generated -->\nz\n"

    assert between_marks(text, "new") == text.replace("old", "new")


def test_outdated_documentation_fails_the_check(settings, tmp_path):
    shutil.copytree(settings.BASE_DIR / "docs", tmp_path / "docs")
    settings.BASE_DIR = tmp_path
    call_command("portal_docs")
    call_command("portal_docs", "--check")
    page = tmp_path / "docs" / "reference" / "pages.md"
    page.write_text(page.read_text().replace("`/login/`", "`/log-in/`"))

    with pytest.raises(CommandError, match=r"pages\.md is out of date"):
        call_command("portal_docs", "--check")


@pytest.mark.parametrize("space", [accounts_urls, key_api_urls, recovery_urls], ids=lambda space: space.app_name)
def test_every_page_that_answers_only_post_is_known_as_such(space):
    pages = [one for entry in space.urlpatterns for one in getattr(entry, "url_patterns", [entry])]
    marked = {f"{space.app_name}:{one.name}" for one in pages if is_post_only(one.callback)}
    only = {one.name for one in every_page() if one.methods == ("POST",)}

    assert marked == {name for name in only if name.partition(":")[0] == space.app_name} != set()
