"""Everything in this folder drives WebKit."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.webkit.driver import WebKit, program
from tests.conftest import missing

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.webkit)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen that nobody sees, under a number that Xvfb chooses."""
    for name in ("WebKitWebDriver", "MiniBrowser", "Xvfb"):
        if not program(name):
            missing(name)
    told, tell = os.pipe()
    screen = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(screen, pass_fds=[tell], stderr=subprocess.DEVNULL) as process, os.fdopen(told) as number:
        os.close(tell)
        yield f":{number.readline().strip()}"
        process.terminate()


@pytest.fixture
def open_webkit(display: str, live_server: object) -> Iterator[Callable[[], WebKit]]:
    """Open another person's browser."""
    with ExitStack() as opened:

        def fresh() -> WebKit:
            browser = WebKit(live_server.url, display)
            opened.callback(browser.close)
            browser.start()
            return browser

        yield fresh


@pytest.fixture
def page(open_webkit: Callable[[], WebKit]) -> WebKit:
    """The browser in which one signs in."""
    return open_webkit()
