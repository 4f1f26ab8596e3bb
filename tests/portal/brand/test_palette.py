"""Two colours become those of both themes, legible wherever they are used; others are refused with the nearest."""

from colorsys import hls_to_rgb

import pytest

from portal.brand import colours, palette
from portal.brand.palette import DARK, LIGHT, Chosen
from tests.portal import test_look_tokens as sheet

OWN = palette.OWN
# Every hue, in three lightnesses, full and pale; and the ends.
TRIED = [
    "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue / 12, lightness, saturation))
    for hue in range(12)
    for lightness in (0.15, 0.45, 0.8)
    for saturation in (1.0, 0.3)
] + ["#000000", "#ffffff", "#808080"]


def with_brand(colour: str, dark: str = "") -> Chosen:
    return Chosen(colour, dark, OWN.action, "")


def with_action(colour: str, dark: str = "") -> Chosen:
    return Chosen(OWN.brand, "", colour, dark)


def test_contrast_is_the_one_of_the_sheet_s_own_test():
    for one in TRIED:
        assert colours.contrast(one, "#14202e") == pytest.approx(sheet.contrast(one, "#14202e"))


@pytest.mark.parametrize(
    ("theme", "tokens", "own"), [(LIGHT, sheet.LIGHT, palette.OWN_LIGHT), (DARK, sheet.DARK, palette.OWN_DARK)]
)
def test_what_is_known_of_the_sheet_is_what_it_says(theme, tokens, own):
    grounds = {tokens[name] for name in (*sheet.GROUNDS, *sheet.TINTS)}

    assert set(theme.grounds) == grounds
    assert vars(own) == {name: tokens[name.replace("_", "-")] for name in vars(own)}
    assert theme.on_primary == tokens["on-primary"]


@pytest.mark.promise("FIRM-6")
@pytest.mark.parametrize("colour", TRIED)
def test_whatever_a_firm_chooses_every_text_has_seven_to_one_in_both_themes(colour):
    for found, tokens in zip(palette.palettes(Chosen(colour, "", colour, "")), (sheet.LIGHT, sheet.DARK), strict=True):
        worn = tokens | {name.replace("_", "-"): value for name, value in vars(found).items()}

        pairs = [pair for pair in sheet.TEXT_PAIRS if set(pair) & set(found_names())]
        assert [pair for pair in pairs if sheet.contrast(worn[pair[0]], worn[pair[1]]) < 7] == []
        assert sheet.contrast(worn["chart"], worn["neutral-tint"]) >= 3
        assert max(sheet.contrast(worn[ring], worn["brand"]) for ring in ("focus", "focus-ink")) >= 3


def found_names() -> list[str]:
    return [name.replace("_", "-") for name in vars(palette.OWN_LIGHT)]


@pytest.mark.parametrize("colour", TRIED)
def test_the_proposed_colour_passes_and_one_that_passes_is_taken_as_it_is(colour):
    for choice in (
        with_brand(colour),
        with_action(colour),
        with_brand(OWN.brand, colour),
        with_action(OWN.action, colour),
    ):
        for fault in palette.faults(choice):
            assert fault.ratio < 7
            proposed = Chosen(*(fault.nearest if value == colour else value for value in choice))
            assert list(palette.faults(proposed)) == []
    if not list(palette.faults(with_brand(colour))):
        assert palette.palettes(with_brand(colour))[0].brand == colour
    if not list(palette.faults(with_action(colour))):
        assert palette.palettes(with_action(colour))[0].link == colour


@pytest.mark.parametrize(
    ("choice", "setting", "theme", "nearest"),
    [
        (with_brand("#e4002b"), "PORTAL_BRAND_COLOUR", "light", "#b50022"),
        (with_brand("#00a651"), "PORTAL_BRAND_COLOUR", "light", "#00c35f"),
        (with_brand(OWN.brand, "#4070a0"), "PORTAL_BRAND_COLOUR_DARK", "dark", "#305478"),
        (with_action("#00a651"), "PORTAL_ACTION_COLOUR", "light", "#005c2d"),
        (with_action(OWN.action, "#444444"), "PORTAL_ACTION_COLOUR_DARK", "dark", "#bebebe"),
    ],
)
def test_a_colour_below_seven_to_one_is_refused_with_the_nearest_of_its_hue(choice, setting, theme, nearest):
    (fault,) = palette.faults(choice)

    assert (fault.setting, fault.theme, fault.nearest) == (setting, theme, nearest)


def test_a_light_ground_takes_dark_words():
    light, dark = palette.palettes(with_brand("#ffcc00"))

    assert (light.brand, light.on_brand) == ("#ffcc00", "#14202e")
    assert (dark.brand, dark.on_brand) == ("#524100", "#eef2f6")


def test_each_of_the_two_leaves_alone_what_is_the_other_s():
    light, dark = palette.palettes(with_brand("#5a1f6e"))
    assert (light.primary, light.chart, dark.link) == ("#0a4f97", "#1f6fc4", "#93c6ff")

    light, dark = palette.palettes(with_action("#6a2480"))
    assert (light.brand, dark.brand) == ("#0b3765", "#13283e")


def test_dark_colours_that_are_given_are_taken():
    _light, dark = palette.palettes(Chosen("#5a1f6e", "#111111", "#6a2480", "#ffd0ff"))

    assert (dark.brand, dark.primary, dark.link) == ("#111111", "#ffd0ff", "#ffd0ff")


@pytest.mark.parametrize("nonsense", ["", "red", "#fff", "0b3765", "#0b37651", "#0b376g", "#0b3765\n", "url(x)"])
def test_what_is_no_colour_is_never_shown(nonsense):
    for found in palette.palettes(Chosen(nonsense, nonsense, nonsense, nonsense)):
        assert all(colours.is_colour(value) for value in vars(found).values())
