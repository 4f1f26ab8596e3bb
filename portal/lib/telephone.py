"""Telephone numbers as links that a phone can call (RFC 3966)."""

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def link(number: str) -> SafeString:
    """Return the number as a link."""
    return format_html('<a class="tel" href="tel:{}">{}</a>', re.sub(r"[^+\d]", "", number), number)


def linked(text: "StrOrPromise") -> SafeString:
    """Return the text, escaped, with the support line's number as a link wherever it stands."""
    number = settings.PORTAL_SUPPORT_PHONE
    return mark_safe(conditional_escape(text).replace(conditional_escape(number), link(number)))  # noqa: S308  escaped
