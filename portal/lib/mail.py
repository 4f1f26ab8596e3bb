"""The mail guard: none of our messages ever contains a link (SIGN-5)."""

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

_LINK = re.compile(r"https?:|www\.|href\s*=|<\s*(?:img|a|link|script|iframe)\b|\bsrc\s*=|url\s*\(", re.IGNORECASE)

# What turns the words before it into a link, anywhere; and what would do so with the template's next full stop.
_LINK_WORD = re.compile(r"(https?|www|href|src|url)[\s.:=(]+|(https?|www)$", re.IGNORECASE)


class LinkInMail(Exception):
    """A message would contain a link or load something from elsewhere."""


def sender() -> str:
    """Return the sender of every message: the address of the settings, under its own name or else the brand's."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(name or settings.PORTAL_BRAND_NAME, addr_spec=address))


def refuse_links(message: EmailMessage) -> None:
    """Raise ``LinkInMail`` if subject, text or HTML contains a link."""
    parts = [str(message.subject), str(message.body)]
    if isinstance(message, EmailMultiAlternatives):
        parts += [str(content) for content, _type in message.alternatives]
    if any(_LINK.search(_without_our_name(part)) for part in parts):
        raise LinkInMail(f"message {message.subject!r} holds a link")


def _without_our_name(text: str) -> str:
    """Leave out our own host name where it stands as a name to compare and to type, even if it begins with www."""
    return re.sub(rf"(?<![\w./:@-]){re.escape(settings.PORTAL_HOST)}(?![\w/:@-]|\.\w)", "", text)


def looks_like_a_link(name: str) -> bool:
    """Tell whether a message with this name in it would be refused, whatever a template writes after it."""
    return any(_LINK.search(f"{name}{after}") for after in ("", ":", "=", "(", "."))


def defused(text: str) -> str:
    """Return a user-chosen text (a name, a device) without anything the guard would refuse.

    So nobody can choose a name that keeps a notice from being sent.
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
        """Refuse all if one contains a link; else deliver and return how many were sent."""
        for message in email_messages:
            refuse_links(message)
        return self.delivery.send_messages(email_messages)
