"""The two colours of a brand become those of both themes, each legible where it is used (decision 0041).

Text on the brand's ground, and the action colour on every ground of a page, have 7:1 or more: WCAG 2.2, 1.4.6 (AAA).
What a firm chose and cannot be read is named by a system check; a page takes the nearest colour that can.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from django.conf import settings

from portal.brand import colours

MIN_CONTRAST: Final = 7.0
_MAX_DARK_LIGHTNESS: Final = 0.16  # of the brand's ground, unless one is given
_MAX_SOFT_PERCENT: Final = 20


@dataclass(frozen=True)
class Theme:
    """What a theme has without a brand: the grounds of portal.css, and what may be written on colours."""

    name: str
    grounds: tuple[str, ...]
    on_brand: tuple[str, str]
    on_primary: str
    hover_towards: str
    hover_share: float


@dataclass(frozen=True)
class Palette:
    """The colours of a brand in one theme, named as in portal.css."""

    brand: str
    on_brand: str
    brand_soft: str
    primary: str
    primary_hover: str
    on_primary: str
    link: str
    chart: str


class Chosen(NamedTuple):
    """The colours as the settings have them; the dark ones may be empty."""

    brand: str
    brand_dark: str
    action: str
    action_dark: str


@dataclass(frozen=True)
class Fault:
    """A colour that cannot be read in a theme: its lowest contrast there, and the nearest that passes."""

    setting: str
    colour: str
    theme: str
    ratio: float
    nearest: str


LIGHT: Final = Theme(
    "light",
    ("#ffffff", "#f5f7fa", "#e7f6ee", "#fff4dc", "#fdecec", "#e6f3fa", "#f3ebfb", "#edf1f5"),
    on_brand=("#ffffff", "#14202e"),
    on_primary="#ffffff",
    hover_towards=colours.BLACK,
    hover_share=0.25,
)
DARK: Final = Theme(
    "dark",
    ("#10161d", "#18212b", "#1f2a36", "#10301f", "#382a0c", "#3d1518", "#0f2d3d", "#2c1a40", "#253240"),
    on_brand=("#eef2f6", "#14202e"),
    on_primary="#0c1a29",
    hover_towards=colours.WHITE,
    hover_share=0.35,
)
# As in portal.css, which has them without any setting.
OWN: Final = Chosen("#0b3765", "", "#0a4f97", "")
OWN_LIGHT: Final = Palette(
    "#0b3765", "#ffffff", "#cfe1f6", "#0a4f97", "#073b73", "#ffffff", link="#0a4f97", chart="#1f6fc4"
)
OWN_DARK: Final = Palette(
    "#13283e", "#eef2f6", "#b4cbe4", "#8cc2ff", "#b3d7ff", "#0c1a29", link="#93c6ff", chart="#6fb0f7"
)


def chosen() -> Chosen:
    """Return the colours of the settings."""
    return Chosen(
        settings.PORTAL_BRAND_COLOUR,
        settings.PORTAL_BRAND_COLOUR_DARK,
        settings.PORTAL_ACTION_COLOUR,
        settings.PORTAL_ACTION_COLOUR_DARK,
    )


def light() -> Palette:
    """Return the colours of the brand in the light theme."""
    return palettes(chosen())[0]


def dark() -> Palette:
    """Return the colours of the brand in the dark theme."""
    return palettes(chosen())[1]


@lru_cache(maxsize=32)
def palettes(choice: Chosen) -> tuple[Palette, Palette]:
    """Return the colours in the light and in the dark theme; the nearest legible one for what is not."""
    light, dark = OWN_LIGHT, OWN_DARK
    brand, brand_dark, action, action_dark = (text if colours.is_colour(text) else "" for text in choice)
    if (choice.brand.lower(), choice.brand_dark) != (OWN.brand, OWN.brand_dark):
        ground = _legible(brand or OWN.brand, LIGHT, is_ground)
        dark_ground = _legible(brand_dark, DARK, is_ground) if brand_dark else dark_ground_of(ground)
        light, dark = _with_ground(light, LIGHT, ground), _with_ground(dark, DARK, dark_ground)
    if (choice.action.lower(), choice.action_dark) != (OWN.action, OWN.action_dark):
        colour = _legible(action or OWN.action, LIGHT, is_action)
        light = _with_action(light, LIGHT, colour)
        dark = _with_action(dark, DARK, _legible(action_dark or colour, DARK, is_action))
    return light, dark


def faults(choice: Chosen) -> Iterator[Fault]:
    """Yield every colour that cannot be read in the theme it is for; what is not written #rrggbb is not looked at."""
    asked = (
        ("PORTAL_BRAND_COLOUR", choice.brand, LIGHT, ground_ratio),
        ("PORTAL_BRAND_COLOUR_DARK", choice.brand_dark, DARK, ground_ratio),
        ("PORTAL_ACTION_COLOUR", choice.action, LIGHT, action_ratio),
        ("PORTAL_ACTION_COLOUR_DARK", choice.action_dark, DARK, action_ratio),
    )
    for setting, colour, theme, ratio in asked:
        if colours.is_colour(colour) and (found := ratio(colour, theme)) < MIN_CONTRAST:
            passes = is_ground if ratio is ground_ratio else is_action
            yield Fault(setting, colour, theme.name, found, _legible(colour, theme, passes))


def ground_ratio(colour: str, theme: Theme) -> float:
    """Return the contrast of the brand's ground with the better of the two text colours."""
    return max(colours.contrast(colour, text) for text in theme.on_brand)


def is_ground(colour: str, theme: Theme) -> bool:
    """Tell whether text can be read on this ground."""
    return ground_ratio(colour, theme) >= MIN_CONTRAST


def action_ratio(colour: str, theme: Theme) -> float:
    """Return the lowest contrast of the action colour: as a link on every ground, and as the ground of a button."""
    return min(colours.lowest(colour, theme.grounds), colours.contrast(colour, theme.on_primary))


def is_action(colour: str, theme: Theme) -> bool:
    """Tell whether links of this colour and words on its buttons can be read."""
    return action_ratio(colour, theme) >= MIN_CONTRAST


def dark_ground_of(ground: str) -> str:
    """Return the ground for the dark theme: the same hue, so dark that light text can be read on it."""
    text = DARK.on_brand[0]
    return colours.darkened(
        ground, lambda shade: colours.contrast(shade, text) >= MIN_CONTRAST, most=_MAX_DARK_LIGHTNESS
    )


def _legible(colour: str, theme: Theme, passes: Callable[[str, Theme], bool]) -> str:
    return colours.nearest(colour, lambda shade: passes(shade, theme))


def _with_ground(palette: Palette, theme: Theme, ground: str) -> Palette:
    text = max(theme.on_brand, key=lambda text: colours.contrast(text, ground))
    return replace(palette, brand=ground, on_brand=text, brand_soft=_soft(text, ground))


def _with_action(palette: Palette, theme: Theme, action: str) -> Palette:
    hover = colours.mix(action, theme.hover_towards, theme.hover_share)
    return replace(palette, primary=action, primary_hover=hover, link=action, chart=action)


def _soft(text: str, ground: str) -> str:
    """Return the text colour with as much of the ground in it as leaves it legible, at most a fifth."""
    softer = (colours.mix(text, ground, percent / 100) for percent in range(_MAX_SOFT_PERCENT, 0, -1))
    return next((soft for soft in softer if colours.contrast(soft, ground) >= MIN_CONTRAST), text)
