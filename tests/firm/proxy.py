"""The proxy in front of the portal, as docs/how-to/install.md asks for it: it terminates HTTPS, and passes on."""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding"}
_ITS_OWN = {"x-forwarded-for", "x-forwarded-proto"}


class _Passing(BaseHTTPRequestHandler):
    """Read a request whole, pass it on, and hand the answer back."""

    protocol_version = "HTTP/1.1"
    behind = 0  # the port of the portal

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen = [*self.headers.get_all("X-Forwarded-For", []), self.client_address[0]]
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_HOP | _ITS_OWN}
        headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": ", ".join(seen)}
        portal = http.client.HTTPConnection("127.0.0.1", self.behind)
        try:
            portal.request(self.command, self.path, body or None, headers)
            self._hand_back(portal.getresponse())
        finally:
            portal.close()

    do_GET = do_HEAD = do_POST = _pass  # noqa: N815  the names are those of the methods

    def _hand_back(self, answer: http.client.HTTPResponse) -> None:
        body = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_ONE_HOP:
                self.send_header(name, value)
        if answer.getheader("Content-Length") is None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is nobody's fault; what the portal gets wrong, the page shows."""


@contextmanager
def proxy(context: ssl.SSLContext, behind: int) -> Iterator[int]:
    """Pass on what comes by HTTPS to a port of this machine; yields the port it comes to."""
    server = _Server(("127.0.0.1", 0), type("Passing", (_Passing,), {"behind": behind, "log_message": lambda *_: None}))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, name="proxy")
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
