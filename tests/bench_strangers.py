"""What a crowd of strangers costs the people who are signed in: a section of ``make bench``, also run by itself.

The web server runs as installed (docs/how-to/install.md) in a process of its own; strangers and the person who is
signed in call it through sockets. Strangers keep posting passwords, each on a connection of its own: people wait as
long as a refusal asks them to, programs post again at once, as fast as the machine can answer.
Usage as a child: ``python -m tests.bench_strangers PORT NUMBER people|programs``.
"""

import asyncio
import http.client
import itertools
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from tests.bench import Desk

CROWDS = (40, 120)
PAGES = 150
PAUSE_SECONDS = 0.02  # between two pages of the person who is signed in
HEADERS = (
    "Host: bench.test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: {address}\r\n"
    "User-Agent: Mozilla/5.0 Chrome/130\r\n"
)


def section(desk: "Desk") -> None:
    """Print the 95th percentile of signed-in pages alone and in each crowd."""
    from tests.bench import Visitor, sign_in

    visitor = Visitor(desk.application)
    desk.reset()
    list(sign_in(visitor, "bench-ada", desk.person.password, desk.person.code))
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.cookies.items())
    with _server() as port:
        _pages(port, cookies, 30)
        idle = _p95(_pages(port, cookies, PAGES))
        print(f"  a signed-in page, p95                  {idle * 1000:7.1f} ms")
        for kind, number in itertools.product(("people", "programs"), CROWDS):
            with _crowd(port, number, kind):
                time.sleep(2)
                among = _p95(_pages(port, cookies, PAGES))
            limit = "   (limit 2)" if kind == "people" else ""
            print(f"  among {number:3} {kind:27} {among * 1000:7.1f} ms, {among / idle:.2f} x{limit}", flush=True)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _pages(port: int, cookies: str, number: int) -> list[float]:
    taken = []
    for _ in range(number):
        time.sleep(PAUSE_SECONDS)
        before = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Host": "bench.test", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
        connection.request("GET", "/", headers=headers | {"Cookie": cookies, "User-Agent": "Mozilla/5.0 Chrome/130"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status
        taken.append(time.monotonic() - before)
    return taken


@contextmanager
def _server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--workers", "2", "--threads", "8"]
    environ = os.environ | {"PORTAL_TRUSTED_PROXIES": "1"}
    with subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"], env=environ) as process:
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert process.poll() is None
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()


@contextmanager
def _crowd(port: int, number: int, kind: str) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench_strangers", str(port), str(number), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield
        finally:
            process.stdin.close()


async def _stranger(port: int, number: int, *, is_patient: bool, seen: Counter[str]) -> None:
    headers = HEADERS.format(address=f"203.0.{number // 200}.{number % 200 + 1}")
    page = await _ask(port, f"GET /login/ HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1).decode()
    cookie = re.search(rb"Set-Cookie: ([^;]*csrf[^;]*);", page, re.IGNORECASE).group(1).decode()
    while True:
        fields = {"csrfmiddlewaretoken": token, "username": secrets.token_hex(6), "password": "Guessed 1 more"}
        body = urlencode(fields)
        answer = await _ask(
            port,
            f"POST /login/ HTTP/1.1\r\n{headers}Connection: close\r\nCookie: {cookie}\r\nReferer: https://bench.test/login/\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}",
        )
        seen[answer[9:12].decode()] += 1
        if is_patient and (seconds := re.search(rb"Retry-After: (\d+)", answer, re.IGNORECASE)):
            await asyncio.sleep(int(seconds.group(1)))


async def _ask(port: int, request: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    return answer


async def _strangers(port: int, number: int, kind: str) -> None:
    seen: Counter[str] = Counter()
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_stranger(port, each, is_patient=kind == "people", seen=seen)) for each in range(number)
        ]
        before = time.monotonic()
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
    seconds = time.monotonic() - before
    answers = ", ".join(f"{status}: {count / seconds:.0f}/s" for status, count in sorted(seen.items()))
    print(f"    {number} {kind} were answered {answers}", flush=True)


if __name__ == "__main__":
    asyncio.run(_strangers(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
