"""The channels of notices. What happens if sending fails: portal/outbox/delivery.py."""

import contextlib
from collections.abc import Sequence
from smtplib import SMTPException
from typing import TYPE_CHECKING, ClassVar, Protocol

from django.core.mail import get_connection

from portal.lib.mail import LinkInMail
from portal.outbox import emails
from portal.outbox.kinds import ChannelName, NoticeKind
from portal.outbox.models import Notice

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend


class Undeliverable(Exception):
    """This notice cannot be delivered, however often it is tried."""


class NobodyThere(Exception):
    """The recipient no longer takes notices on this channel; not an error."""


class Channel(Protocol):
    """A channel. Any exception from ``send`` that is not documented there means: try again later.

    ``folder`` holds only the channel's templates; ``common``: what those may use besides the facts of the kind.
    """

    folder: ClassVar[str]
    common: ClassVar[frozenset[str]]

    @staticmethod
    def templates(kind: NoticeKind) -> Sequence[Sequence[str]]:
        """Return the names of the templates that a notice needs; of alternatives, the first that exists."""

    @staticmethod
    def words(notice: Notice) -> tuple[str, str]:
        """Return subject and text of a notice, for its reader; an empty text if what it said is not kept."""

    def send(self, notice: Notice) -> None:
        """Send the notice; return once the other side has accepted it. Raises: ``Undeliverable``, ``NobodyThere``."""

    def close(self) -> None:
        """Close the connection; the next ``send`` opens it again."""


CHANNELS: dict[str, type[Channel]] = {}


def register(name: ChannelName, channel: type[Channel]) -> None:
    """Register a channel by name; an instance is made for each round of the worker."""
    CHANNELS[name] = channel


class EmailChannel:
    """E-mail, over one connection to the mail server."""

    folder: ClassVar[str] = "email"
    common: ClassVar[frozenset[str]] = emails.COMMON

    def __init__(self) -> None:
        self._connection: BaseEmailBackend = get_connection()

    @staticmethod
    def templates(kind: NoticeKind) -> Sequence[Sequence[str]]:
        """Return the names of the templates for subject, text and HTML."""
        return [[name] for name in emails.templates_of(kind.name)]

    @staticmethod
    def words(notice: Notice) -> tuple[str, str]:
        """Return subject and text, as far as its facts are kept."""
        return emails.words_of(notice)

    def send(self, notice: Notice) -> None:
        """Render the e-mail and send it."""
        try:
            self._connection.send_messages([emails.message_for(notice)])
        except LinkInMail as fault:
            raise Undeliverable from fault

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        with contextlib.suppress(OSError, SMTPException):
            self._connection.close()
