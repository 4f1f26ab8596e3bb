"""How notices travel: one channel each. What is done with what does not arrive: portal/outbox/delivery.py."""

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
    """This notice never arrives, however often it is tried."""


class NobodyThere(Exception):
    """The recipient no longer takes notices on this channel; that is not a fault."""


class Channel(Protocol):
    """One way to people. Anything else that ``send`` raises than is said there is a reason to try again later.

    ``folder`` holds the channel's templates and no others; ``common``: what those may say beside the facts of the kind.
    """

    folder: ClassVar[str]
    common: ClassVar[frozenset[str]]

    @staticmethod
    def templates(kind: NoticeKind) -> Sequence[Sequence[str]]:
        """Return the names of the templates that a notice needs; of several in one place the first there is."""

    def send(self, notice: Notice) -> None:
        """Hand the notice over; return when the other side has it. Raises: ``Undeliverable``, ``NobodyThere``."""

    def close(self) -> None:
        """End what is open; the next ``send`` opens it again."""


CHANNELS: dict[str, type[Channel]] = {}


def register(name: ChannelName, channel: type[Channel]) -> None:
    """Let notices of this name travel by this channel; an object of it is made for each round of the worker."""
    CHANNELS[name] = channel


class EmailChannel:
    """E-mail, over one connection to the mail server."""

    folder: ClassVar[str] = "email"
    common: ClassVar[frozenset[str]] = emails.COMMON

    def __init__(self) -> None:
        """Open nothing yet."""
        self._connection: BaseEmailBackend = get_connection()

    @staticmethod
    def templates(kind: NoticeKind) -> Sequence[Sequence[str]]:
        """Return subject, text and HTML."""
        return [[name] for name in emails.templates_of(kind.name)]

    def send(self, notice: Notice) -> None:
        """Write the e-mail and send it."""
        try:
            self._connection.send_messages([emails.message_for(notice)])
        except LinkInMail as fault:
            raise Undeliverable from fault

    def close(self) -> None:
        """Hang up, whatever state the conversation is in."""
        with contextlib.suppress(OSError, SMTPException):
            self._connection.close()
