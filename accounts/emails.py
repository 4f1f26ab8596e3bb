"""Writing the e-mails: one kind, three templates, never a link."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import Notice


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
            "Message-ID": f"<{notice.reference}@{settings.PORTAL_HOST.partition(':')[0]}>",
            "Auto-Submitted": "auto-generated",
            "X-Reference": notice.reference,
        },
    )
    message.attach_alternative(render_to_string(f"email/{notice.kind}.html", context), "text/html")
    return message


def _context(notice: Notice) -> dict[str, Any]:
    facts = {name: _moment(value) for name, value in notice.facts.items()}
    return facts | {
        "notice": notice,
        "user": notice.user,
        "zone": notice.user.zone,
        "brand_name": settings.PORTAL_BRAND_NAME,
        "key_name": settings.PORTAL_KEY_NAME,
        "portal_host": settings.PORTAL_HOST,
        "support_phone": settings.PORTAL_SUPPORT_PHONE,
        "email_code_minutes": settings.PORTAL_EMAIL_CODE_MINUTES,
        "lockout_minutes": settings.PORTAL_LOCKOUT_MINUTES,
    }


def _moment(value: Any) -> Any:
    """Turn an ISO moment back into one; leave everything else."""
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        return datetime.fromisoformat(value)
    return value
