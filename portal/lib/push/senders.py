"""Delivery of messages: to push services, into files, or not at all. ``PORTAL_PUSH_BACKEND`` names one of these."""

import contextlib
import json
import logging
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.utils.module_loading import import_string

from portal.lib import clock
from portal.lib.outgoing import Network
from portal.lib.push.messages import Message, Subscription, encrypted, headers, public_key_of

log = logging.getLogger("portal.push")

_SECONDS_FOR_A_NAME = 1.0  # while a phone waits for the response to its subscription
_GONE = (404, 410)  # RFC 8030, section 7.3


class Gone(Exception):
    """The subscription no longer exists: the phone cancelled it, or the push service dropped it."""


class NotTaken(Exception):
    """The push service did not accept the message now; it may later."""


class Sender:
    """The interface of a back end. ``is_on``: messages can arrive, so phones are asked to subscribe."""

    is_on: ClassVar[bool] = True

    def check(self, subscription: Subscription) -> None:
        """Check a new subscription. Raises: ``AddressRefused``."""
        subscription.check()

    def send(self, message: Message, to: Subscription) -> None:
        """Send the message. Raises: ``AddressRefused``, ``Gone``, ``NotTaken``, ``OSError``."""
        raise NotImplementedError


class WebPush(Sender):
    """Send to the push service of the phone's browser (RFC 8030)."""

    network: ClassVar[Network] = Network()

    def check(self, subscription: Subscription) -> None:
        """Resolve the host as well; if that fails or is slow, it is done when something is sent."""
        endpoint = subscription.check()
        with contextlib.suppress(OSError):
            self.network.addresses(endpoint, seconds=_SECONDS_FOR_A_NAME)

    def send(self, message: Message, to: Subscription) -> None:
        """Encrypt, sign and post the message; any status but success is a failure, including redirects."""
        endpoint = to.check()
        signed = headers(message, endpoint, now=clock.now())
        body = encrypted(message, to)
        status = self.network.post(endpoint, body, signed, seconds=settings.PORTAL_PUSH_TIMEOUT_SECONDS)
        if 200 <= status < 300:
            return
        log.warning("not taken", extra={"facts": {"host": endpoint.host, "status": status}})
        raise Gone if status in _GONE else NotTaken


class ToFiles(Sender):
    """Write each message in clear to its own file in ``PORTAL_PUSH_DIR``: for demos and tests."""

    def send(self, message: Message, to: Subscription) -> None:
        """Write the message to a file."""
        to.check()
        folder = Path(settings.PORTAL_PUSH_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}.json"
        text = json.dumps({"endpoint": to.endpoint, **asdict(message)}, ensure_ascii=False, indent=2)
        (folder / name).write_text(text + "\n", encoding="utf-8")


class Nowhere(Sender):
    """Send nothing: phones show waiting requests when they are opened."""

    is_on = False

    def send(self, message: Message, to: Subscription) -> None:
        """Refuse: the phone was never asked to subscribe, or push has been turned off since."""
        raise Gone


def sender() -> Sender:
    """Return the configured back end."""
    made: Sender = import_string(settings.PORTAL_PUSH_BACKEND)()
    return made


def key_for_phones() -> str:
    """Return the public key with which phones subscribe, empty if push is off."""
    private = settings.PORTAL_VAPID_PRIVATE_KEY
    return public_key_of(private) if private and sender().is_on else ""
