"""Writing the e-mails: one kind, three templates, never a link."""

import contextlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import Notice
from portal.lib import site
from portal.lib.mail import defused


def message_for(notice: Notice) -> EmailMultiAlternatives:
    """Return the finished message: text and light HTML, with the notice's reference.

    Templates: email/<kind>.subject.txt, .txt, .html. The Message-ID is made of the reference, so that
    a message delivered twice after a crash is one message to the reader's mailbox.
    """
    context = _context(notice)
    subject = " ".join(render_to_string(f"email/{notice.kind}.subject.txt", context).split())
    message = EmailMultiAlternatives(
        subject=f"{settings.PORTAL_BRAND_NAME}: {subject}",
        body=render_to_string(f"email/{notice.kind}.txt", context),
        to=[notice.address],
        headers={
            "Message-ID": f"<{notice.reference}@{site.host()}>",
            "Auto-Submitted": "auto-generated",
            "X-Reference": notice.reference,
        },
    )
    message.attach_alternative(render_to_string(f"email/{notice.kind}.html", context), "text/html")
    return message


def _context(notice: Notice) -> dict[str, Any]:
    facts = {name: _fact(value) for name, value in notice.facts.items()}
    return facts | {
        "notice": notice,
        "greeting": defused(notice.user.greeting),
        "zone": notice.user.zone,
        "brand_name": settings.PORTAL_BRAND_NAME,
        "key_name": settings.PORTAL_KEY_NAME,
        "portal_host": settings.PORTAL_HOST,
        "support_phone": settings.PORTAL_SUPPORT_PHONE,
        "email_code_minutes": settings.PORTAL_EMAIL_CODE_MINUTES,
        "lockout_minutes": settings.PORTAL_LOCKOUT_MINUTES,
    }


def _fact(value: Any) -> Any:
    """Turn an ISO moment back into one, and take what would be a link out of other texts."""
    if not isinstance(value, str):
        return value
    if len(value) >= 19 and value[4] == "-" and value[10] == "T":
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(value)
    return defused(value)
