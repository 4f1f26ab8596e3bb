"""System checks of the brand.

What they refuse is not shown either: pages take the nearest legible colour, and the portal's own picture.
"""

from email.utils import getaddresses
from math import floor
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal.brand import colours, files, names, palette

_COLOURS = ("PORTAL_BRAND_COLOUR", "PORTAL_BRAND_COLOUR_DARK", "PORTAL_ACTION_COLOUR", "PORTAL_ACTION_COLOUR_DARK")


@register(Tags.compatibility)
def names_can_be_used(**_: Any) -> list[CheckMessage]:
    """brand.E001: a name is empty, too long, or would break a header, a page or an e-mail."""
    return [
        Error(
            f"{setting} {fault}.",
            hint="Colons, quotes, umlauts and ampersands are fine; line breaks, control characters and links are not.",
            id="brand.E001",
        )
        for setting, fault in names.faults()
    ]


@register(Tags.compatibility)
def colours_are_written_as_such(**_: Any) -> list[CheckMessage]:
    """brand.E002: a colour of the brand is not written #rrggbb."""
    return [
        Error(f"{name} is not a colour: {colour!r}.", hint="Write it as #rrggbb, such as #0b3765.", id="brand.E002")
        for name in _COLOURS
        if not colours.is_colour(colour := getattr(settings, name)) and (colour or not name.endswith("_DARK"))
    ]


@register(Tags.compatibility)
def colours_can_be_read(**_: Any) -> list[CheckMessage]:
    """brand.E003: a colour of the brand has less than 7:1 on its ground in one of the themes."""
    return [
        Error(
            f"{fault.setting} {fault.colour} cannot be read in the {fault.theme} theme: "
            f"{ratio_words(fault.ratio)}, where 7:1 is needed.",
            hint=f"The nearest colour that can is {fault.nearest}. manage.py portal_check_brand tries others.",
            id="brand.E003",
        )
        for fault in palette.faults(palette.chosen())
    ]


@register(Tags.compatibility)
def pictures_can_be_shown(**_: Any) -> list[CheckMessage]:
    """brand.E004: a file in PORTAL_BRANDING_DIR cannot be used, or the folder cannot."""
    return [
        Error(f"PORTAL_BRANDING_DIR: {fault}.", hint="docs/how-to/brand.md says what a file may be.", id="brand.E004")
        for fault in files.read(settings.PORTAL_BRANDING_DIR).faults
    ]


@register(Tags.compatibility)
def mail_has_a_sender(**_: Any) -> list[CheckMessage]:
    """brand.E005: the sender of e-mails is not an address, with or without a name."""
    found = getaddresses([settings.DEFAULT_FROM_EMAIL])
    if len(found) == 1 and settings.DEFAULT_FROM_EMAIL.isprintable() and _is_address(found[0][1]):
        return []
    return [
        Error(
            f"PORTAL_MAIL_FROM is not an address: {settings.DEFAULT_FROM_EMAIL!r}.",
            hint='Write no-reply@firm.example, or "Name" <no-reply@firm.example>.',
            id="brand.E005",
        )
    ]


@register(Tags.compatibility)
def phones_have_an_icon(**_: Any) -> list[CheckMessage]:
    """brand.W001: the brand has an icon, but not the PNG files that iPhones and notifications need."""
    found = files.read(settings.PORTAL_BRANDING_DIR).files
    missing = [name for name in files.ICON_SIZES if name not in found]
    if not missing or not {files.ICON, files.LOGO} & set(found):
        return []
    return [
        Warning(
            f"PORTAL_BRANDING_DIR has no {', '.join(missing)}: some phones will show the Key without its icon.",
            hint="Draw them from icon.svg, as docs/how-to/brand.md says.",
            id="brand.W001",
        )
    ]


ALL = (
    names_can_be_used,
    colours_are_written_as_such,
    colours_can_be_read,
    pictures_can_be_shown,
    mail_has_a_sender,
    phones_have_an_icon,
)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def ratio_words(ratio: float) -> str:
    """Return a contrast as it is written, never rounded up to one that would do."""
    return f"{floor(ratio * 100) / 100:.2f}:1"
