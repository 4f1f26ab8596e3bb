"""Pages in the system's Chromium: every look, no silent error, no third party, no barrier."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

FLAGS = [
    "--no-sandbox",  # the suite may run as root in a container, where Chromium's own sandbox cannot start
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules whose verdict may be another one in the dark
PATIENCE_MS = 30_000  # before something is missing rather than late
expect.set_options(timeout=PATIENCE_MS)
# Pages ask the portal again after so many milliseconds. Here they do it ten times as often, so that no test waits;
# `waits` keeps what they meant. A PIN is stretched cheaply, as passwords are hashed cheaply; `rounds` keeps how often
# the page meant to.
QUICK = """
const later = window.setTimeout;
window.waits = [];
window.setTimeout = (act, wait, ...rest) => {
  window.waits.push(wait);
  return later(act, [500, 1000, 2000, 5000, 15000].includes(wait) ? wait / 10 : wait, ...rest);
};
const derive = window.SubtleCrypto?.prototype.deriveBits;
if (derive) SubtleCrypto.prototype.deriveBits = function (how, ...rest) {
  if (how.name !== "PBKDF2") return derive.call(this, how, ...rest);
  window.rounds = how.iterations;
  return derive.call(this, { ...how, iterations: 1000 }, ...rest);
};
"""


@dataclass(frozen=True)
class Look:
    """A way a page may be seen."""

    width: int = 1280
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


NARROW = Look(320)
LOOKS = [Look(width, scheme) for width in (320, 1280) for scheme in ("light", "dark")]


class Complaints:
    """What went wrong behind a page's back: script errors, content policy, foreign hosts, faults of ours."""

    def __init__(self, home: str) -> None:
        self.home = urlsplit(home).netloc
        self.faults: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal (403, 404, 429) or a lost line that a test asks for is also printed by the browser: not an error.
        asked_for = ("the server responded with a status of", "net::ERR_INTERNET_DISCONNECTED")
        if message.type in {"error", "warning"} and not any(words in message.text for words in asked_for):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.home:
            self.faults.append(f"foreign host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status != 503:
            self.faults.append(f"{response.status}: {response.url}")


def chromium_path(*, whole: bool = False) -> str | None:
    """Return the browser of this machine, None if there is none.

    Its headless shell draws and runs pages alike at three quarters of the cost, but shows no notifications; ``whole``
    asks for all of it.
    """
    names = ("chromium-headless-shell", "chromium", "google-chrome")[whole:]
    return os.environ.get("PORTAL_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of the run; without one the test is skipped, or fails under ``make test-all``."""
    from tests.conftest import missing

    if not (path := chromium_path()):
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """Open another person's browser: ``open_browser(Look(320, "dark"), javascript=False)``.

    Whatever the pages complained about behind the customer's back fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    complaints = Complaints(live_server.url)

    def fresh(look: Look = Look(), *, javascript: bool = True, **options: object) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": look.width, "height": 800},
            color_scheme=look.scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(QUICK)
        complaints.listen(context)
        contexts.append(context)
        return context.new_page()

    yield fresh
    for context in contexts:
        context.close()
    assert complaints.faults == []


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    """A page in a fresh browser, 1280 wide, light."""
    return open_browser()


@pytest.fixture
def narrow_page(open_browser: Callable[..., Page]) -> Page:
    """A page in a fresh browser as wide as a small phone."""
    return open_browser(NARROW)


@pytest.fixture
def page_without_script(open_browser: Callable[..., Page]) -> Page:
    """A page in a browser that runs no JavaScript."""
    return open_browser(javascript=False)


def assert_accessible(page: Page) -> None:
    """Fail with a list if axe-core finds anything on the page in any look, or if it scrolls sideways in one.

    The page keeps its width and is left in the browser's own scheme.
    """
    page.wait_for_load_state("load")  # a click returns before the next page has its style sheet
    size = page.viewport_size
    page.evaluate(AXE)
    for look in LOOKS:
        page.set_viewport_size({"width": look.width, "height": 800})
        page.emulate_media(color_scheme=look.scheme)
        assert barriers(page, RULES if look.scheme == "light" else COLOURS) == [], look
        assert_fits(page)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="null")


def barriers(page: Page, rules: list[str]) -> list[str]:
    """Return what axe-core, which is in the page already, finds by these rules."""
    # No preload: axe would copy style sheets into inline styles, and be refused by the content policy.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [f"{rule['id']}: {rule['help']} at {node['target']}" for rule in found for node in rule["nodes"]]


def assert_fits(page: Page) -> None:
    """Fail if the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.evaluate("document.documentElement.clientWidth")
