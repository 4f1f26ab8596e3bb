"""The stylesheet of a brand: the tokens of portal.css and admin.css that it changes, in both themes, and no others."""

from dataclasses import asdict
from typing import Final

from django.conf import settings

from portal.brand import palette
from portal.brand.palette import Palette

FONTS: Final = {
    "system": "",
    "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", sans-serif',
    "serif": '"Iowan Old Style", "Palatino Linotype", "URW Palladio L", P052, Georgia, serif',
    "rounded": 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, "Arial Rounded MT Bold", Calibri, sans-serif',
}
# The stock admin has names of its own for the same colours.
_OF_THE_ADMIN: Final = {
    "brand": ("header-bg",),
    "on_brand": ("header-color", "header-branding-color", "header-link-color", "accent"),
    "primary": ("secondary", "button-bg", "default-button-bg"),
    "primary_hover": ("link-hover-color", "link-selected-fg", "button-hover-bg", "default-button-hover-bg"),
    "link": ("link-fg", "breadcrumbs-link-fg"),
}


def text() -> str:
    """Return the stylesheet; empty for the portal's own brand.

    Both sheets are overruled by order: a selector here weighs as much as the heaviest there.
    """
    light = _tokens(palette.light(), palette.OWN_LIGHT) + _font()
    dark = _tokens(palette.dark(), palette.OWN_DARK)
    rules = f':root, html[data-theme="light"] {{ {light}}}\n' if light else ""
    if dark:
        rules += f'@media screen and (prefers-color-scheme: dark) {{\n:root:not([data-theme="light"]) {{ {dark}}}\n}}\n'
        rules += f'@media screen {{\n:root[data-theme="dark"] {{ {dark}}}\n}}\n'
    return rules


def _tokens(brand: Palette, own: Palette) -> str:
    mine = asdict(own)
    changed = {name: colour for name, colour in asdict(brand).items() if colour != mine[name]}
    named = ((token, colour) for name, colour in changed.items() for token in (name, *_OF_THE_ADMIN.get(name, ())))
    return "".join(f"--{token.replace('_', '-')}: {colour}; " for token, colour in named)


def _font() -> str:
    font = FONTS[settings.PORTAL_BRAND_FONT]
    return f"--sans: {font}; --font-family-primary: {font}; " if font else ""
