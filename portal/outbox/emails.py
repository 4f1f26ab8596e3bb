"""Rendering e-mails: three templates per kind, never a link."""

import contextlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from portal.brand import palette
from portal.lib import site
from portal.lib.mail import defused, sender
from portal.outbox.models import Notice
from portal.outbox.recipients import Recipient

_SETTINGS = {
    "brand_name": "PORTAL_BRAND_NAME",
    "key_name": "PORTAL_KEY_NAME",
    "legal_name": "PORTAL_LEGAL_NAME",
    "portal_host": "PORTAL_HOST",
    "support_phone": "PORTAL_SUPPORT_PHONE",
    "email_code_minutes": "PORTAL_EMAIL_CODE_MINUTES",
}
COMMON = frozenset(
    {"greeting", "zone", "reference", "light", "dark", *_SETTINGS}
)  # what every e-mail may use besides its facts


def message_for(notice: Notice) -> EmailMultiAlternatives:
    """Return the message: text and simple HTML, with the notice's reference.

    The Message-ID is derived from the reference, so that a message sent twice after a crash is one message to
    the mailbox.
    """
    context = {name: _fact(value) for name, value in notice.facts.items()} | _common(notice.user, notice.reference)
    subject, text, html = (render_to_string(template, context) for template in templates_of(notice.kind))
    message = EmailMultiAlternatives(
        subject=f"{settings.PORTAL_BRAND_NAME}: {' '.join(subject.split())}",
        body=text,
        from_email=sender(),
        to=[notice.target],
        headers={
            "Message-ID": f"<{notice.reference}@{site.host()}>",
            "Auto-Submitted": "auto-generated",
            "X-Reference": notice.reference,
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def words_of(notice: Notice) -> tuple[str, str]:
    """Return the subject and the text of an e-mail that was sent; no text if its facts are not kept."""
    _subject, text, _html = templates_of(notice.kind)
    facts: dict[str, Any] = notice.facts or {}
    context = {name: _fact(value) for name, value in facts.items()} | _common(notice.user, notice.reference)
    body = render_to_string(text, context).strip() if notice.facts else ""
    return subject_of(notice.kind), body


def subject_of(kind: str) -> str:
    """Return the subject of a kind of e-mail, which holds no facts."""
    return " ".join(render_to_string(templates_of(kind)[0]).split())


def templates_of(kind: str) -> tuple[str, str, str]:
    """Return the names of the three templates: subject, text, HTML."""
    return f"email/{kind}.subject.txt", f"email/{kind}.txt", f"email/{kind}.html"


def _common(reader: Recipient, reference: str) -> dict[str, Any]:
    own: dict[str, Any] = {"greeting": defused(reader.greeting), "zone": reader.zone, "reference": reference}
    own |= {"light": palette.light(), "dark": palette.dark()}
    return own | {name: getattr(settings, setting) for name, setting in _SETTINGS.items()}


def _fact(value: Any) -> Any:
    """Parse an ISO moment, and remove what would become a link from other texts."""
    if not isinstance(value, str):
        return value
    if len(value) >= 19 and value[4] == "-" and value[10] == "T":
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(value)
    return defused(value)
