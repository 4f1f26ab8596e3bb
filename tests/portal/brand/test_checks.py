"""What refuses a brand: system checks, each with what to do, and the command that tries colours."""

import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from portal.brand import checks, files, palette, stylesheet
from tests import brands

pytestmark = pytest.mark.promise("FIRM-6")


def found(*asked: object) -> list[str]:
    return [message.id for check in asked or checks.ALL for message in check()]


def tried(*colours: str) -> str:
    out = StringIO()
    try:
        call_command("portal_check_brand", *colours, stdout=out)
    except CommandError as refusal:
        return f"{out.getvalue()}{refusal}"
    return out.getvalue()


def test_the_portal_s_own_brand_and_the_example_pass(settings):
    assert found() == []

    brands.wear(settings)

    assert found() == []


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("PORTAL_BRAND_NAME", "Two\nlines", "brand.E001"),
        ("PORTAL_KEY_NAME", "", "brand.E001"),
        ("PORTAL_BRAND_COLOUR", "blue", "brand.E002"),
        ("PORTAL_BRAND_COLOUR", "", "brand.E002"),
        ("PORTAL_ACTION_COLOUR_DARK", "#fff", "brand.E002"),
        ("PORTAL_BRAND_COLOUR", "#e4002b", "brand.E003"),
        ("PORTAL_ACTION_COLOUR", "#1f6fc4", "brand.E003"),
        ("PORTAL_ACTION_COLOUR_DARK", "#0a4f97", "brand.E003"),
        ("PORTAL_BRAND_COLOUR_DARK", "#4070a0", "brand.E003"),
        ("PORTAL_BRANDING_DIR", "/nowhere", "brand.E004"),
        ("DEFAULT_FROM_EMAIL", "nobody", "brand.E005"),
        ("DEFAULT_FROM_EMAIL", "", "brand.E005"),
        ("DEFAULT_FROM_EMAIL", "Two\nlines <a@b.example>", "brand.E005"),
        ("DEFAULT_FROM_EMAIL", "Bank, unquoted <a@b.example>", "brand.E005"),
        ("DEFAULT_FROM_EMAIL", "a@b.example, c@d.example", "brand.E005"),
    ],
)
def test_each_mistake_is_refused_by_its_check(settings, setting: str, value: str, code: str):
    setattr(settings, setting, value)

    assert found() == [code]
    with pytest.raises(SystemCheckError, match=code):
        call_command("check", "--tag", "compatibility")


@pytest.mark.parametrize("sender", ["a@b.example", '"Bank: Übersee" <a@b.example>', "Bank <a@b.example>"])
def test_a_sender_may_have_a_name(settings, sender: str):
    settings.DEFAULT_FROM_EMAIL = sender

    assert found() == []


def test_a_colour_just_below_is_not_rounded_up():
    assert checks.ratio_words(6.9999) == "6.99:1"
    assert checks.ratio_words(7.0) == "7.00:1"


def test_an_icon_without_those_for_phones_is_a_warning(settings, tmp_path):
    (tmp_path / "icon.svg").write_bytes(files.read(brands.FOLDER).files["icon.svg"].content)
    settings.PORTAL_BRANDING_DIR = str(tmp_path)

    assert found() == ["brand.W001"]
    assert tried().endswith("This brand can be used.\n")


# --- The command --------------------------------------------------------------------------------------------


def test_the_command_proposes_the_nearest_that_passes():
    said = tried("#e4002b", "#00a651")

    assert "#b50022" in said
    assert "#005c2d" in said
    assert "refused" in said
    assert "refused" not in tried("#b50022", "#005c2d")


def test_one_colour_is_tried_as_both_with_or_without_its_sign():
    assert tried("5a1f6e") == tried("#5a1f6e") == tried("#5a1f6e", "#5a1f6e")


def test_without_colours_it_looks_at_the_settings(settings):
    brands.wear(settings)
    assert brands.DARK["link"] in tried()

    settings.PORTAL_ACTION_COLOUR, settings.PORTAL_BRAND_NAME = "#1f6fc4", ""
    assert ["brand.E001" in tried(), "brand.E003" in tried(), "refused" in tried()] == [True] * 3


@pytest.mark.parametrize("wrong", [("red",), ("#12345",), ("#000000", "#000000", "#000000")])
def test_what_is_no_colour_is_said_to_be_none(wrong: tuple[str, ...]):
    assert "#rrggbb" in tried(*wrong)


# --- The stylesheet -----------------------------------------------------------------------------------------


def test_the_sheet_holds_what_differs_and_no_more(settings):
    assert stylesheet.text() == ""

    settings.PORTAL_BRAND_COLOUR = "#5a1f6e"
    assert "--header-bg: #5a1f6e" in stylesheet.text()
    assert "--primary:" not in stylesheet.text()

    settings.PORTAL_BRAND_COLOUR = palette.OWN.brand.upper()
    settings.PORTAL_BRAND_FONT = "serif"
    assert stylesheet.text().count("{") == 1
    assert "Georgia, serif" in stylesheet.text()


@pytest.mark.parametrize(("font", "starts"), [*((font, True) for font in stylesheet.FONTS), ("Comic Sans", False)])
def test_the_font_is_one_that_the_sheet_knows(font: str, starts: bool):
    done = subprocess.run(
        [sys.executable, "-c", "import portal.setting_brand"],
        cwd=settings.BASE_DIR,
        env={"PORTAL_BRAND_FONT": font},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode == 0, "PORTAL_BRAND_FONT must be" in done.stderr) == (starts, not starts)


def test_the_sheet_sets_the_tokens_of_both_sheets_and_fetches_nothing(settings):
    brands.wear(settings)
    rules = stylesheet.text()

    assert "url(" not in rules
    assert "@import" not in rules
    for token in ("brand", "primary", "link"):
        assert f"--{token}: {brands.LIGHT[token]};" in rules.split("@media")[0]
        assert rules.count(f"--{token}: {brands.DARK[token]};") == 2
