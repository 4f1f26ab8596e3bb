"""The files of a brand: read from its folder, served under names of their content, and running nothing."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.enums import Role
from portal.brand import appearance, files
from tests import brands, factories
from tests.conftest import Clock
from tests.house.sources import ROOT
from tests.lint_html import problems

pytestmark = pytest.mark.promise("FIRM-6")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 10"><path d="M0 0h9"/></svg>'


@pytest.fixture
def folder(settings: object, tmp_path: Path) -> Path:
    settings.PORTAL_BRANDING_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def harbour(settings: object) -> None:
    brands.wear(settings)


def links_of(page: str) -> list[str]:
    return [*re.findall(r'<link [^>]*href="([^"]+)"', page), *re.findall(r'(?:src|srcset)="([^"]+)"', page)]


def test_without_a_brand_nothing_is_added_to_the_pages_own():
    page = Client().get("/login/").content.decode()

    assert files.everything() == {}
    assert [link for link in links_of(page) if "/brand/" in link] == []
    assert page.count("/static/portal/logo.svg") == 2
    assert 'class="arches"' in page


def test_pages_use_every_file_of_a_brand(harbour):
    page, app = (Client().get(path).content.decode() for path in ("/login/", "/key/"))

    assert [re.sub("-[0-9a-f]{12}", "", link) for link in links_of(page) if "/brand/" in link] == [
        *("/brand/icon.svg", "/brand/brand.css", "/brand/logo-dark.svg", "/brand/logo.svg")
    ]
    assert [re.sub("-[0-9a-f]{12}", "", link) for link in links_of(app) if "/brand/" in link] == [
        *("/brand/icon.svg", "/brand/icon-192.png", "/brand/brand.css")
    ]
    assert "/static/portal/logo.svg" not in page + app
    assert 'class="arches"' not in page
    elsewhere = "<a href='https://harbour.example/impressum'> leads elsewhere"  # and it is the firm's own link
    assert (problems(page), problems(app)) == ([elsewhere], [])


@pytest.mark.django_db
def test_the_desk_wears_it_too(harbour, clock: Clock):
    page = factories.signed_in(factories.staff("root", Role.OPERATOR)).get("/admin/").content.decode()

    assert appearance.address(files.SHEET) in page
    assert appearance.icon() in page


@pytest.mark.parametrize("name", ["brand.css", "logo.svg", "logo-dark.svg", "icon.svg", *files.ICON_SIZES])
def test_an_address_names_the_content_and_is_kept_for_a_year(harbour, name: str):
    answer = Client().get(appearance.address(name))

    content = (ROOT / brands.FOLDER / name).read_bytes() if name != "brand.css" else answer.content
    assert (answer.status_code, answer.content) == (200, content)
    assert answer["Content-Type"] == files.everything()[name].content_type
    assert {"public", "immutable", "max-age=31536000"} == set(answer["Cache-Control"].split(", "))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


@pytest.mark.parametrize("name", ["logo.svg", "icon.svg", "icon-192.png"])
def test_a_picture_that_is_opened_by_itself_runs_and_loads_nothing(harbour, name: str):
    policy = Client().get(appearance.address(name))["Content-Security-Policy"].split("; ")

    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= set(policy)
    assert "script" not in " ".join(policy)


def test_the_address_of_a_former_content_gets_what_is_there_now_and_is_not_kept(harbour):
    answer = Client().get("/brand/logo-000000000000.svg")

    assert (answer.status_code, answer.content) == (200, files.everything()["logo.svg"].content)
    assert set(answer["Cache-Control"].split(", ")) == {"public", "no-cache"}


@pytest.mark.parametrize(
    "path", ["logo.svg", "logo-1.png", "settings", "..%2fsettings", "-.svg", "x", "secret-1.svg", "brand.css"]
)
def test_nothing_else_is_served(harbour, path: str):
    assert Client().get(f"/brand/{path}").status_code == 404


def test_a_page_is_served_without_a_statement(harbour):
    assert Client().get("/key/").status_code == 200  # no database in this test
    assert Client().post(appearance.address("logo.svg")).status_code == 405


def test_what_is_missing_falls_back(folder: Path):
    (folder / "logo.svg").write_text(SVG.format(10))
    facts = appearance.facts()

    assert facts["brand_icon"] == facts["brand_logo"] == appearance.address("logo.svg")
    assert (facts["brand_logo_dark"], facts["brand_touch_icon"], facts["brand_sheet"]) == ("", "", "")


def test_without_an_icon_of_its_own_a_brand_keeps_the_portal_s(folder: Path):
    assert [path for _size, _purpose, path in appearance.png_icons()] == [
        f"/static/key/{name}" for name in files.ICON_SIZES
    ]
    assert all(finders.find(path.removeprefix("/static/")) for _size, _purpose, path in appearance.png_icons())


@pytest.mark.parametrize(("width", "shown"), [(10, 36), (1, 36), (20, 72), (30, 108), (500, 144)])
def test_a_wide_logo_is_as_high_as_a_square_one(folder: Path, width: int, shown: int):
    (folder / "logo.svg").write_text(SVG.format(width))

    assert appearance.facts()["brand_logo_width"] == shown


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script/></svg>", "script"),
        ("logo-dark.svg", SVG.format(9).encode(), "logo.svg is missing"),
        ("icon.svg", b"", "icon.svg"),
        ("icon-192.png", b"GIF89a", "is not a PNG"),
        ("logo.svg", b"x" * 200_001, "larger than 200 kB"),
        ("Logo.svg", SVG.format(9).encode(), "holds none of logo.svg"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_not_shown(folder: Path, name: str, content: bytes, named: str):
    (folder / name).write_bytes(content)

    (fault,) = files.read(str(folder)).faults
    assert named in fault
    assert not appearance.address(name) or name == "logo-dark.svg"
    assert Client().get("/key/").status_code == 200


def test_a_folder_of_that_name_is_no_file(folder: Path):
    (folder / "logo.svg").mkdir()

    (fault,) = files.read(str(folder)).faults
    assert fault.startswith("logo.svg cannot be read")


def test_the_example_is_without_fault():
    assert files.read(brands.FOLDER).faults == ()
    assert set(files.read(brands.FOLDER).files) == {"logo.svg", "logo-dark.svg", "icon.svg", *files.ICON_SIZES}


# --- The Key ------------------------------------------------------------------------------------------------


def test_the_key_is_installed_in_the_colours_and_with_the_icons_of_the_brand(harbour):
    facts = Client().get("/key/manifest.webmanifest").json()
    page = Client().get("/key/").content.decode()

    assert facts["theme_color"] == brands.LIGHT["brand"]
    assert [icon["src"] for icon in facts["icons"]] == [appearance.icon(), *map(appearance.address, files.ICON_SIZES)]
    assert [icon["purpose"] for icon in facts["icons"]] == ["any", "any", "any", "maskable"]
    assert re.findall(r'name="theme-color" content="([^"]+)"', page) == [brands.LIGHT["brand"], brands.DARK["brand"]]


def test_the_worker_keeps_the_colours_on_the_phone_and_changes_with_them(harbour, settings):
    script = Client().get("/key/sw.js").content.decode()
    kept = json.loads(re.search(r"new Set\((\[.*?\])\)", script)[1])

    assert {appearance.address("brand.css"), appearance.address("icon.svg")} <= set(kept)
    assert f'ICON = "{appearance.address("icon-192.png")}"'.replace("-", "\\u002D") in script
    settings.PORTAL_BRAND_COLOUR = "#123456"
    assert Client().get("/key/sw.js").content.decode() != script
