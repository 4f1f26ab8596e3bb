"""What templates and the Key need to show the brand: addresses, colours of windows, the foot."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from portal.brand import artwork, files, palette

_HEIGHT: Final = 36  # pixels of the logo beside the name, and its least width
_WIDEST: Final = 4 * _HEIGHT
_OWN_ICON: Final = "portal/logo.svg"


def facts() -> dict[str, Any]:
    """Return the variables every template has for the brand's looks; addresses are empty where there is nothing."""
    return {
        "brand_sheet": address(files.SHEET),
        "brand_logo": address(files.LOGO) or static(_OWN_ICON),
        "brand_logo_dark": address(files.LOGO_DARK),
        "brand_logo_width": _logo_width(),
        "brand_icon": icon(),
        "brand_is_ours": not address(files.LOGO),
        "brand_touch_icon": next((path for size, _purpose, path in png_icons() if size == 192), ""),
        "brand_window": palette.light().brand,
        "brand_window_dark": palette.dark().brand,
        "legal_name": settings.PORTAL_LEGAL_NAME,
        "legal_links": settings.PORTAL_LEGAL_LINKS,
    }


def address(name: str) -> str:
    """Return the address of a file of the brand; empty if the brand has none of this name."""
    file = files.everything().get(name)
    return reverse("brand-file", args=[file.served_as]) if file else ""


def icon() -> str:
    """Return the address of the icon: the brand's, else its logo, else the portal's own."""
    return address(files.ICON) or address(files.LOGO) or static(_OWN_ICON)


def png_icons() -> Iterator[tuple[int, str, str]]:
    """Yield size, purpose and address of the icons for phones; those of the portal only if the brand has no icon."""
    is_ours = icon() == static(_OWN_ICON)
    for name, pixels in files.ICON_SIZES.items():
        if path := address(name) or (static(f"key/{name}") if is_ours else ""):
            yield pixels, "maskable" if "maskable" in name else "any", path


def embedded_logo() -> str:
    """Return the brand's logo as it stands inside a file of its own, such as the letters; empty without one."""
    file = files.everything().get(files.LOGO)
    return f"data:{file.content_type};base64,{b64encode(file.content).decode()}" if file else ""


def of_the_key() -> list[str]:
    """Return the addresses of the brand that the Key keeps on the phone."""
    return [path for name in (files.SHEET, files.ICON, files.LOGO) if (path := address(name))]


def _logo_width() -> int:
    file = files.everything().get(files.LOGO)
    width, height = (file and artwork.size(file.content)) or (1.0, 1.0)
    return max(_HEIGHT, min(_WIDEST, round(_HEIGHT * width / height)))
