"""A web server of another firm: TLS with a certificate made on the spot, on a real socket of this machine."""

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from portal.lib import outgoing
from tests import certificate


@dataclass
class Taken:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class OtherServer:
    """Says ``status`` to every request; ``behaviour`` takes the connection's place where that is not enough."""

    host: str
    status: int = 201
    location: str = ""
    behaviour: Callable[[BaseHTTPRequestHandler], None] | None = None
    taken: list[Taken] = field(default_factory=list)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"https://{self.host}:{self.port}"

    def answer(self, request: BaseHTTPRequestHandler, taken: Taken) -> None:
        self.taken.append(taken)
        if self.behaviour:
            self.behaviour(request)
            return
        request.send_response(self.status)
        if self.location:
            request.send_header("Location", self.location)
        request.send_header("Content-Length", "0")
        request.end_headers()


def here(base: type[outgoing.Network], authority: str, addresses: tuple[str, ...] = ("127.0.0.1",)) -> outgoing.Network:
    """Return a network in which every name is on this machine, and this machine may be reached."""

    class Here(base):
        def __init__(self) -> None:
            self.authority, self.answers, self.looked_up = authority, addresses, []

        def resolve(self, host: str, port: int) -> list[str]:
            self.looked_up.append((host, port))
            return list(self.answers)

        def may_reach(self, host: str, address: str) -> bool:
            return ip_address(address).is_loopback or super().may_reach(host, address)

        def context(self) -> ssl.SSLContext:
            return ssl.create_default_context(cafile=self.authority)

    return Here()


@contextmanager
def running(server: OtherServer, folder: Path, *, named: str = "", port: int = 0) -> Iterator[str]:
    """Run a server with a certificate for its host, or for another name; give the file of its authority."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.answer(self, Taken(self.path, dict(self.headers), body))

        def log_message(self, *args: object) -> None:
            pass

    context, chain = certificate.of_server(folder, named or server.host)
    listening = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    listening.handle_error = lambda *args: None  # a client that hangs up is what some tests are about
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    server.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield chain
    listening.shutdown()
    listening.server_close()
    thread.join()


@contextmanager
def every_one(servers: Iterable[OtherServer], folder: Path) -> Iterator[str]:
    """Run several servers; give one file with the authorities of all."""
    with ExitStack() as stack:
        chains = [stack.enter_context(running(server, folder)) for server in servers]
        together = folder / "authorities.pem"
        together.write_text("".join(Path(chain).read_text() for chain in chains))
        yield str(together)
