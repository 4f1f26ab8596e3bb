"""The mail guard: no message of ours ever holds a link (SIGN-5)."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

_LINK = re.compile(r"https?:|www\.|href\s*=|<\s*(?:img|a|link|script|iframe)\b|\bsrc\s*=|url\s*\(", re.IGNORECASE)

# What makes a link of the words before it, wherever they stand; and what would with the template's next full stop.
_LINK_WORD = re.compile(r"(https?|www|href|src|url)[\s.:=(]+|(https?|www)$", re.IGNORECASE)


class LinkInMail(Exception):
    """A message would hold a link or load something from elsewhere."""


def refuse_links(message: EmailMessage) -> None:
    """Raise ``LinkInMail`` if subject, text or HTML holds a link."""
    parts = [str(message.subject), str(message.body)]
    if isinstance(message, EmailMultiAlternatives):
        parts += [str(content) for content, _type in message.alternatives]
    if any(_LINK.search(part) for part in parts):
        raise LinkInMail(f"message {message.subject!r} holds a link")


def defused(text: str) -> str:
    """Return a text that people chose (a name, a device) with what the guard would refuse taken out of it.

    So nobody can name a thing such that the notice about it is never sent.
    """
    return _LINK_WORD.sub(r"\1\2 ", re.sub("[<>]", "", text))


class GuardedBackend(BaseEmailBackend):
    """Check every message, then let ``PORTAL_MAIL_BACKEND`` deliver it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Open the delivering back end with the same arguments."""
        super().__init__(*args, **kwargs)
        self.delivery: BaseEmailBackend = import_string(settings.PORTAL_MAIL_BACKEND)(*args, **kwargs)

    def open(self) -> bool | None:
        """Open the delivering back end's connection."""
        return self.delivery.open()

    def close(self) -> None:
        """Close it."""
        self.delivery.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Refuse all if one holds a link; else deliver and return how many went out."""
        for message in email_messages:
            refuse_links(message)
        return self.delivery.send_messages(email_messages)
