"""``make screenshots``: walk through a fresh demo in Chromium and keep what a visitor sees.

Pictures go to docs/images. The demo runs on a database of its own in a temporary folder.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.fixtures import FLAGS

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "images"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 800}


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """Run a demo; yield its address and the environment of its commands."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {"PORTAL_DEBUG": "1", "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3", "PORTAL_MAIL_DIR": folder}
        environment = os.environ | settings
        for command in (["migrate", "-v0"], ["portal_demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            yield f"http://localhost:{port}", environment
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as handle:
            if handle.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The demo did not start.")


def walk(page: Page, home: str, code: str, shot: str) -> None:
    """Sign in as ada, and take a picture of each page on the way."""
    page.goto(f"{home}/login/")
    keep(page, f"sign-in-{shot}")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill("Lantern&Harbour7")
    page.get_by_role("button", name="Continue").click()

    page.get_by_label("Code").wait_for()
    keep(page, f"code-{shot}")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{home}/")
    keep(page, f"dashboard-{shot}")
    for name, path in (("security", "/security/"), ("help", "/help/"), ("problems", "/help/problems/")):
        page.goto(f"{home}{path}")
        keep(page, f"{name}-{shot}")


def keep(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png", full_page=False)


def code_of(username: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "manage.py", "portal_demo_code", "--bare", username]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.split()[0]


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    path = os.environ.get("PORTAL_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for shot, viewport, scheme in (("light", WIDE, "light"), ("dark-phone", NARROW, "dark")):
            with demo() as (home, environment):  # a fresh one each, since a code opens one thing once
                page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
                walk(page, home, code_of("ada", environment), shot)
        browser.close()


if __name__ == "__main__":
    main()
