"""A mail server with the mailboxes of everybody: STARTTLS and a password are required, as of a real one."""

import email
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from portal.outbox.emails import subject_of
from tests.processes import PATIENCE

CODE, PART = r"\d{3} \d{3}", r"[0-9A-Z]{4} [0-9A-Z]{4}"


class MailServer:
    """All mailboxes. A message is taken out by the address it came to and the kind of notice it is."""

    def __init__(self, user: str, password: str) -> None:
        self.user, self.password = user, password
        self.port = 0
        self.waiting: list[Message] = []
        self._came = threading.Condition()

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        with self._came:
            self.waiting.append(email.message_from_bytes(envelope.content, policy=default))
            self._came.notify_all()
        return "250 OK"

    def log_in(self, server: object, session: object, envelope: object, kind: str, given: LoginPassword) -> AuthResult:
        is_right = (given.login.decode(), given.password.decode()) == (self.user, self.password)
        return AuthResult(success=is_right, handled=False)

    def take(self, address: str, kind: str) -> str:
        """Wait for the next message of this kind to this address; take it out, and return its text."""
        end = time.monotonic() + PATIENCE
        with self._came:
            while not (found := self._find(address, kind)):
                assert self._came.wait(end - time.monotonic()), f"{kind} did not come to {address}: {self.listed()}"
            self.waiting.remove(found)
        return "\n".join(found.get_body(("plain",)).get_content().splitlines())

    def code(self, address: str, kind: str, form: str = CODE) -> str:
        """Wait for a message that has a code in a line of its own, and return the code as it is typed."""
        return re.search(rf"^{form}$", self.take(address, kind), re.MULTILINE)[0]

    def forget(self, address: str) -> None:
        """Throw away what has come to this address so far."""
        with self._came:
            self.waiting = [message for message in self.waiting if message["To"] != address]

    def listed(self) -> list[tuple[str, str]]:
        return [(message["To"], message["Subject"]) for message in self.waiting]

    def _find(self, address: str, kind: str) -> Message | None:
        subject = subject_of(kind)
        return next((m for m in self.waiting if m["To"] == address and m["Subject"].endswith(subject)), None)


@contextmanager
def mail_server(context: ssl.SSLContext, *, user: str, password: str) -> Iterator[MailServer]:
    """Run a mail server on this machine."""
    server = MailServer(user, password)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # else every line of every conversation
    with socket.create_server(("127.0.0.1", 0)) as free:
        server.port = free.getsockname()[1]
    wire = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=server.log_in,
    )
    wire.start()
    try:
        yield server
    finally:
        wire.stop()
