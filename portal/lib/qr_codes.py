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
    issuer = settings.PORTAL_BRAND_NAME
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return of_text(f"otpauth://totp/{quote(f'{issuer}:{username}')}?{query}")
