"""What a name may be: it stands in pages, headers of e-mails, QR codes, scripts and on phones."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from django.conf import settings

from portal.lib import mail

_LONGEST: Final = {
    "PORTAL_BRAND_NAME": 60,
    "PORTAL_KEY_NAME": 40,
    "PORTAL_DESKTOP_NAME": 40,
    "PORTAL_MOBILE_NAME": 40,
    "PORTAL_LEGAL_NAME": 200,
}
_MAY_BE_EMPTY: Final = {"PORTAL_LEGAL_NAME"}
_JOINERS: Final = "\u200c\u200d"  # letters of some scripts need them


def faults() -> Iterator[tuple[str, str]]:
    """Yield each setting whose name cannot be used, with what is wrong."""
    for setting, longest in _LONGEST.items():
        name = getattr(settings, setting)
        if (fault := _fault(name, longest)) and (name or setting not in _MAY_BE_EMPTY):
            yield setting, fault


def _fault(name: str, longest: int) -> str:
    if not name.strip():
        return "is empty"
    if len(name) > longest:
        return f"is longer than {longest} characters"
    if any(unicodedata.category(sign)[0] in "CZ" and sign not in f" \u00a0{_JOINERS}" for sign in name):
        return "contains a line break or another character that cannot be seen"
    if mail.looks_like_a_link(name):
        return "would be a link in an e-mail, which the portal never sends"
    return ""
