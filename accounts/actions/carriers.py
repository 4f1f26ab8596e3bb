"""How notices travel: one carrier a channel. What is done with what does not arrive: accounts/actions/delivery.py."""

import contextlib
from collections.abc import Mapping
from smtplib import SMTPException
from typing import TYPE_CHECKING, Protocol

from django.core.mail import get_connection

from accounts import emails, notifications
from accounts.actions import push as phones
from accounts.enums import Channel
from accounts.models import Notice
from portal.lib import clock, push
from portal.lib.mail import LinkInMail

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend


class Undeliverable(Exception):
    """This notice never arrives, however often it is tried."""


class NobodyThere(Exception):
    """Whoever it was for takes no notices on this channel any more, which is nobody's fault."""


class Carrier(Protocol):
    """One channel. Anything else that ``send`` raises than is said there is a reason to try again later."""

    def send(self, notice: Notice) -> None:
        """Hand the notice over; return when the other side has it. Raises: ``Undeliverable``, ``NobodyThere``."""

    def close(self) -> None:
        """End what is open; the next ``send`` opens it again."""


class ByEmail:
    """E-mail, over one connection to the mail server."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._connection: BaseEmailBackend = get_connection()

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


class ToPhone:
    """A notification on a phone. The subscription is the one the phone has when it is sent."""

    def __init__(self) -> None:
        """Take the back end in force."""
        self._sender = push.sender()

    def send(self, notice: Notice) -> None:
        """Write the message and hand it to the phone's push service, which may say that the phone is gone."""
        phone = notice.phone
        if phone is None or phone.ended_at or not phone.subscription:
            raise NobodyThere
        try:
            message = notifications.message_for(notice, now=clock.now())
            self._sender.send(message, push.Subscription(**phone.subscription))
        except push.Gone as fault:
            phones.forget(phone)
            raise NobodyThere from fault
        except push.AddressRefused as fault:
            raise Undeliverable from fault

    def close(self) -> None:
        """Do nothing: each message has a connection of its own."""


CARRIERS: Mapping[str, type[ByEmail | ToPhone]] = {Channel.EMAIL: ByEmail, Channel.PUSH: ToPhone}
