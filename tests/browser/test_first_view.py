"""What the first look at the sign-in page costs, served as in a real installation."""

import base64
import gzip
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Response

WHOLE_LIMIT, REQUEST_LIMIT = 25_000, 5


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[str]:
    """The portal behind its real web server, in the production profile; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = {f"PORTAL_{name}": "x" * 50 for name in ("SECRET_KEY", "INDEX_KEY", "AUDIT_KEY", "SMTP_PASSWORD")}
    environment = (
        os.environ
        | secret
        | {
            "PORTAL_DEBUG": "0",
            "PORTAL_HOST": "127.0.0.1",
            "PORTAL_TRUSTED_PROXIES": "1",
            "PORTAL_FIELD_KEYS": "a:" + base64.b64encode(b"x" * 32).decode(),
            "PORTAL_RUN_DIR": str(tmp_path / "run"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "tests.production",
            "TEST_STATIC_ROOT": str(tmp_path / "static"),
        }
    )
    run = {"cwd": settings.BASE_DIR, "env": environment}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], check=True, **run)
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "portal.wsgi",
            "--log-level",
            "warning",
            "--threads",
            "4",
            "--bind",
            f"127.0.0.1:{port}",
        ],
        **run,
    ) as server:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def wait_for(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    pytest.fail("The server did not start.")


def weight(response: Response) -> int:
    """Return the bytes that travel: as sent if packed, else as the proxy in front packs them."""
    if response.header_value("content-encoding"):
        return int(response.header_value("content-length") or 0)
    return len(gzip.compress(response.body(), 6))


@pytest.fixture
def first_view(chromium: Browser, installation: str) -> Iterator[dict[str, Response]]:
    """Open the sign-in page in a fresh browser, as the proxy in front hands it on; yields all answers by path."""
    context = chromium.new_context(extra_http_headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"})
    page, seen = context.new_page(), []
    page.on("response", lambda response: seen.append(response))  # noqa: PLW0108  a built-in method cannot be a handler
    # The script of passkeys comes after this, only to browsers that know them, and has a budget of its own.
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{installation}/login/", wait_until="networkidle")
    yield {response.url.removeprefix(installation): response for response in seen}
    context.close()


def test_the_first_view_of_the_sign_in_page_is_small_and_kept_for_ever(first_view: dict[str, Response]):
    sizes = {path: weight(response) for path, response in first_view.items()}
    parts = {path: response for path, response in first_view.items() if path != "/login/"}

    assert {response.status for response in first_view.values()} == {200}
    assert 1 < len(sizes) <= REQUEST_LIMIT, sizes
    assert sum(sizes.values()) <= WHOLE_LIMIT, sizes
    assert all(path.startswith("/static/portal/") for path in parts)
    assert all("immutable" in response.header_value("cache-control") for response in parts.values())
