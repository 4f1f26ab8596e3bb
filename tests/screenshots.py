"""``make screenshots``: walk through a fresh demo in Chromium, with a second one as the phone, and keep what one sees.

Pictures go to docs/images. The demo runs with its worker, on a database of its own in a temporary folder.
"""

import os
import re
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
PIN = "583920"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 800}


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """Run a demo; yield its address and the environment of its commands."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {"PORTAL_DEBUG": "1", "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3", "PORTAL_MAIL_DIR": folder}
        settings["PORTAL_HOST"] = f"localhost:{port}"
        environment = os.environ | settings
        for command in (["migrate", "-v0"], ["portal_demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        started = [start(environment, "runserver", "--noreload", str(port)), start(environment, "portal_worker")]
        try:
            wait_for(port)
            yield f"http://localhost:{port}", environment
        finally:
            for process in started:
                process.terminate()
                process.wait()


def start(environment: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, **quiet)


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
    type_password(page)
    keep(page, f"code-{shot}")
    page.get_by_label("Code from your Key").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{home}/")
    keep(page, f"dashboard-{shot}")
    for name, path in (("security", "/security/"), ("help", "/help/"), ("problems", "/help/problems/")):
        page.goto(f"{home}{path}")
        keep(page, f"{name}-{shot}")


def walk_with_phone(page: Page, phone: Page, home: str, mails: Path, shot: str) -> None:
    """Make the second browser a Key, and let it be asked."""
    page.goto(f"{home}/key/setup/")
    page.get_by_role("button", name="Send me the code").click()
    page.get_by_label("Code from the e-mail").fill(mailed_code(mails))
    page.get_by_role("button", name="Continue").click()
    keep(page, f"pairing-{shot}")
    bring(phone, home, page.locator("[data-copy-text]").first.inner_text())
    page.locator("form[action$='/match/'] button").click()
    phone.get_by_role("heading", name="Almost done").wait_for()
    page.get_by_label("Code").fill(phone.locator(".big-number [data-slot=code]").inner_text())
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("heading", name="Your Key is ready").wait_for()
    later = phone.get_by_role("button", name="Not now")
    later.or_(phone.locator("[data-is=codes]")).wait_for()
    if later.is_visible():
        later.click()
    phone.locator(".code").first.wait_for()
    keep(phone, f"key-codes-{shot}")
    page.context.clear_cookies()
    page.goto(f"{home}/login/")
    type_password(page)
    keep(page, f"approve-{shot}")
    phone.get_by_role("button", name="Open", exact=True).click()
    phone.get_by_role("button", name="Approve").wait_for()
    keep(phone, f"key-request-{shot}")


def type_password(page: Page) -> None:
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill("Lantern&Harbour7")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code from your Key").wait_for()


def bring(phone: Page, home: str, code: str) -> None:
    """Open the app with a pairing code, and lock it with a PIN."""
    phone.goto(f"{home}/key/#pair={code}")
    for name in ("Continue without installing", "I have a code", "Use a 6-digit PIN"):
        phone.get_by_role("button", name=name).click()
    for words in ("Choose 6 digits", "Enter the same 6 digits again"):
        phone.get_by_text(words).wait_for()
        phone.get_by_label("PIN", exact=True).fill(PIN)
    phone.get_by_label("Name of this phone").fill("Ada's Pixel")
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_role("heading", name="Compare the numbers").wait_for()


def mailed_code(mails: Path) -> str:
    """Return the newest code that was e-mailed, waiting for it."""
    for _ in range(100):
        texts = [mail.read_text() for mail in sorted(mails.glob("*.log"))]
        if found := re.findall(r"^\s*(\d{3} \d{3})\s*$", "".join(texts), re.MULTILINE):
            return found[-1]
        time.sleep(0.2)
    raise SystemExit("No code was e-mailed.")


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
                page, phone = (
                    browser.new_context(viewport=size, color_scheme=scheme).new_page() for size in (viewport, NARROW)
                )
                walk(page, home, code_of("ada", environment), shot)
                walk_with_phone(page, phone, home, Path(environment["PORTAL_MAIL_DIR"]), shot)
        browser.close()


if __name__ == "__main__":
    main()
