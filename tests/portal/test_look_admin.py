"""The stock admin wears our colours: the same tokens, legible in both themes."""

import re
from pathlib import Path

import pytest

from tests.portal.test_look_tokens import DARK, LIGHT, TEXT_MINIMUM, contrast

SHEET = (Path(__file__).parents[2] / "portal/static/portal/admin.css").read_text(encoding="utf-8")
SELECTORS = {"light": ':root, html[data-theme="light"]', "dark": 'html[data-theme="dark"]'}
TOKENS = {"light": LIGHT, "dark": DARK}
PAIRS = [
    *(("body-fg", ground) for ground in ("body-bg", "darkened-bg", "selected-bg", "selected-row", "breadcrumbs-bg")),
    *(("body-fg", f"message-{kind}-bg") for kind in ("success", "warning", "error")),
    *(("link-fg", ground) for ground in ("body-bg", "darkened-bg", "selected-bg", "selected-row", "breadcrumbs-bg")),
    ("body-quiet-color", "body-bg"),
    ("body-quiet-color", "darkened-bg"),
    ("error-fg", "body-bg"),
    ("breadcrumbs-fg", "breadcrumbs-bg"),
    ("breadcrumbs-link-fg", "breadcrumbs-bg"),
    ("header-link-color", "header-bg"),
    ("primary-fg", "primary"),
    ("button-fg", "button-bg"),
    ("button-fg", "button-hover-bg"),
    ("button-fg", "delete-button-bg"),
    ("object-tools-fg", "object-tools-bg"),
    ("object-tools-fg", "object-tools-hover-bg"),
]


def block(selector: str) -> dict[str, str]:
    body = SHEET.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))


@pytest.mark.parametrize("theme", SELECTORS)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_of_the_admin_has_seven_to_one_on_its_ground(theme, text, ground):
    colours = block(SELECTORS[theme])

    assert contrast(colours[text], colours[ground]) >= TEXT_MINIMUM


@pytest.mark.parametrize("theme", SELECTORS)
def test_the_admin_has_no_colour_of_its_own(theme):
    assert set(block(SELECTORS[theme]).values()) <= set(TOKENS[theme].values())


def test_the_system_and_the_choice_give_the_admin_the_same_dark_theme():
    assert block(':root, html[data-theme="auto"]') == block(SELECTORS["dark"])
