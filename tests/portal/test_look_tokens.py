"""The colours, read from the stylesheet itself: every text is legible on every ground it meets, in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "portal/static/portal"
SHEET = "\n".join(
    (FOLDER / name).read_text(encoding="utf-8") for name in ("accounts.css", "desk-pages.css", "portal.css")
)
TONES = ("ok", "warn", "err", "info", "paper", "neutral")
TINTS = tuple(f"{tone}-tint" for tone in TONES)
GROUNDS = ("bg", "surface", "raised")
TEXT_MINIMUM = 7.0  # WCAG 2.2, 1.4.6 (AAA)
CONTROL_MINIMUM = 3.0  # WCAG 2.2, 1.4.11

TEXT_PAIRS = [
    *product(("ink", "muted", "link", "visited", *TONES), GROUNDS),
    *((tone, f"{tone}-tint") for tone in TONES),
    *product(("ink", "link"), TINTS),
    ("ok", "neutral-tint"),  # a rule of the password that is met
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("on-danger", "danger"),
    ("on-brand", "brand"),
    ("brand-soft", "brand"),
    ("focus-ink", "focus"),  # the skip link
]


def block(selector: str) -> dict[str, str]:
    """Return the colours a selector sets, by name."""
    body = SHEET.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))


LIGHT = block(":root")
DARK = LIGHT | block(':root[data-theme="dark"]')
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_defines_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_every_text_has_seven_to_one_on_its_ground(theme, text, ground):
    colours = THEMES[theme]

    assert contrast(colours[text], colours[ground]) >= TEXT_MINIMUM


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_the_border_of_a_control_can_be_seen(theme, ground):
    colours = THEMES[theme]

    assert contrast(colours["control"], colours[ground]) >= CONTROL_MINIMUM


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", [*GROUNDS, "neutral-tint"])
def test_a_bar_can_be_seen(theme, ground):
    colours = THEMES[theme]

    assert contrast(colours["chart"], colours[ground]) >= CONTROL_MINIMUM


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", [*GROUNDS, *TINTS, "primary", "danger"])
def test_one_of_the_two_focus_rings_can_be_seen_anywhere(theme, ground):
    colours = THEMES[theme]
    rings = [contrast(colours[ring], colours[ground]) for ring in ("focus", "focus-ink")]

    assert max(rings) >= CONTROL_MINIMUM


def test_the_system_and_the_choice_give_the_same_dark_theme():
    assert block(':root:not([data-theme="light"])') == block(':root[data-theme="dark"]')


def test_every_token_is_defined_and_every_definition_used():
    defined = set(re.findall(r"(?:^|[\s;{])--([\w-]+):", SHEET))
    used = set(re.findall(r"var\(--([\w-]+)\)", SHEET))

    assert defined == used


def test_colours_stand_in_tokens_only():
    rules = re.sub(r"--[\w-]+:[^;]*;", "", re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL))
    screen = rules.split("@media print")[0]

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)", screen) == []


def test_nothing_is_fetched_by_the_stylesheet():
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_the_sheet_has_no_side():
    """Logical properties only, so that right-to-left languages need no second sheet."""
    sided = re.findall(r"(?:margin|padding|border|inset)-(?:left|right)|(?<![\w-])(?:left|right)\s*:", SHEET)

    assert sided == []


def test_every_class_has_a_rule_and_every_rule_a_class():
    """A class may end in a variable (``badge-{{ kind }}``); what script adds counts as used."""
    root = Path(__file__).parents[2]
    pages = [
        path for path in (root / "templates").rglob("*.html") if not {"email", "admin", "letters"} & set(path.parts)
    ]
    pages += [root / "portal/templatetags/portal_tags.py", root / "portal/lib/telephone.py"]
    scripts = [root / "portal/static/portal/portal.js", root / "accounts/static/key/app.js"]
    scripts += (root / "accounts/static/key/screens").glob("*.js")
    script = " ".join(path.read_text(encoding="utf-8") for path in scripts)
    attributes = " ".join(found for path in pages for found in re.findall(r'class="([^"]*)"', path.read_text("utf-8")))
    beginnings = tuple(re.findall(r"([\w-]+-)\{[{%]", attributes))
    plain = re.sub(r"[\w-]*(?:\{% block .*?\{% endblock %\}|\{\{.*?\}\})|\{%.*?%\}", " ", attributes)
    used = set(plain.split())
    sheets = SHEET + (root / "accounts/static/key/key.css").read_text(encoding="utf-8")
    ruled = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)))

    assert used - ruled == set()
    assert {name for name in ruled - used if not name.startswith(beginnings) and f'"{name}"' not in script} == set()
