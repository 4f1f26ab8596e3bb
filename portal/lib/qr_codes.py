"""QR codes."""

from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def of_text(text: str) -> SafeString:
    """Return a QR code as SVG without style or class attributes."""
    svg = segno.make(text, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None, light="#fff")
    return mark_safe(svg)  # noqa: S308  # segno writes numbers and colours only


def of_key(username: str, secret: str) -> SafeString:
    """Return the QR code for authenticator apps, in otpauth format, ``secret`` in base32."""
    return of_text(otpauth(username, secret))


def otpauth(username: str, secret: str) -> str:
    """Return the same as text. A colon divides issuer and username, so neither has one of its own."""
    issuer, name = (" ".join(text.replace(":", " ").split()) for text in (settings.PORTAL_BRAND_NAME, username))
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(name, safe='')}?{query}"
