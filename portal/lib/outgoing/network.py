"""Connecting to other servers: a name is resolved once, its address is checked, and the connection goes to that one."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import ClassVar

from portal.lib.outgoing.addresses import AddressRefused, Endpoint, is_public

_MOST_ADDRESSES = 4  # of one host, tried in turn
MOST_LOOK_UPS = 8  # at once in one process, including those that nobody waits for any more


class Network:
    """The outgoing network: resolves names, and posts to the IP address that was checked, not to a name.

    ``look_ups``: those under way. A kind of network whose name servers are slow uses up its own.
    """

    look_ups: ClassVar[threading.BoundedSemaphore] = threading.BoundedSemaphore(MOST_LOOK_UPS)

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of a name. Raises: ``OSError``."""
        return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

    def may_reach(self, host: str, address: str) -> bool:
        """Tell whether a connection to this IP address, to which the name of the host leads, is allowed."""
        return is_public(address)

    def context(self) -> ssl.SSLContext:
        """Return the TLS context: the certificate is checked by name against this machine's authorities."""
        return ssl.create_default_context()

    def addresses(self, endpoint: Endpoint, *, seconds: float) -> list[str]:
        """Resolve the host, within this time.

        Raises: ``AddressRefused`` if any of its addresses is not allowed; ``OSError``, also after a time-out.
        """
        found = list(dict.fromkeys(_within(seconds, lambda: self.resolve(endpoint.host, endpoint.port), self.look_ups)))
        if not all(self.may_reach(endpoint.host, address) for address in found):
            raise AddressRefused("its name leads into a network that is not allowed")
        return found[:_MOST_ADDRESSES]

    def post(self, endpoint: Endpoint, body: bytes, headers: Mapping[str, str], *, seconds: float) -> int:
        """Send one request without following redirects, and return the status.

        The name is resolved once, and the connection goes to the very address that was checked, while the
        certificate must still match the name: a different answer to a second look-up gains nothing.
        ``seconds``: for resolving and connecting, and again for the answer. Raises: ``AddressRefused``, ``OSError``.
        """
        end = time.monotonic() + seconds
        found = self.addresses(endpoint, seconds=seconds)
        connection = _Pinned(endpoint, found, self.context(), max(0.1, end - time.monotonic()))
        with contextlib.closing(connection):
            connection.connect()
            hurry = threading.Timer(seconds, connection.hang_up)  # a time-out applies to each read, this to all of them
            hurry.start()
            try:
                connection.request("POST", endpoint.target, body, dict(headers))
                return connection.getresponse().status
            except http.client.HTTPException as error:
                raise OSError("no answer that HTTP knows") from error
            finally:
                hurry.cancel()


def _within(seconds: float, look_up: Callable[[], list[str]], free: threading.BoundedSemaphore) -> list[str]:
    """Wait this long for a look-up, which has no time-out of its own: a slow name server must not hold up a request.

    A late answer is dropped. Raises: ``OSError``, including ``TimeoutError``.
    """
    if not free.acquire(blocking=False):
        raise OSError("too many names are being looked up")
    found: Future[list[str]] = Future()
    threading.Thread(target=_answer, args=(found, look_up, free), daemon=True).start()
    return found.result(timeout=seconds)


def _answer(found: Future[list[str]], look_up: Callable[[], list[str]], free: threading.BoundedSemaphore) -> None:
    try:
        found.set_result(look_up())
    except Exception as fault:  # noqa: BLE001  whatever it is, it is raised where somebody waits for it
        found.set_exception(fault)
    finally:
        free.release()


class _Pinned(http.client.HTTPSConnection):
    """A connection to one of these IP addresses, with the certificate of the host."""

    def __init__(self, endpoint: Endpoint, addresses: list[str], context: ssl.SSLContext, seconds: float) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=seconds, context=context)
        self._addresses, self._tls, self._seconds = addresses, context, seconds
        self._line: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers, within the total time."""
        end = time.monotonic() + self._seconds
        fault: OSError = OSError("the name has no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self.port), max(0.1, end - time.monotonic()))
            except OSError as error:
                fault = error
                continue
            plain.settimeout(max(0.1, end - time.monotonic()))
            with contextlib.ExitStack() as undo:
                undo.callback(plain.close)
                self.sock = self._line = self._tls.wrap_socket(plain, server_hostname=self.host)
                undo.pop_all()
            return
        raise fault

    def hang_up(self) -> None:
        """Shut the connection from another thread: a waiting read then returns its end."""
        with contextlib.suppress(OSError):
            if self._line:
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)
