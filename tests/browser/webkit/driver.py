"""WebKit, driven by plain WebDriver (https://www.w3.org/TR/webdriver2/): open, find, fill in, press."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds, before something is missing rather than late
_BY_WORDS = """
const [selector, words] = arguments;
const said = (one) => one.textContent.replace(/\\s+/g, " ").trim();
return [...document.querySelectorAll(selector)].find((one) => one.checkVisibility() && (!words || said(one) === words));
"""
_BY_LABEL = """
const [words] = arguments;
const labels = [...document.querySelectorAll("label")].filter((one) => one.checkVisibility());
return labels.find((one) => one.textContent.trim().startsWith(words))?.control;
"""


def program(name: str) -> str | None:
    """Return where the driver, its browser or the display to show it on is installed, None if it is not."""
    beside_the_library = sorted(Path("/usr/lib").glob(f"*/webkit2gtk-4.*/{name}"))
    return shutil.which(name) or next(map(str, beside_the_library), None)


def until(look: Callable[[], Any], what: str) -> Any:
    """Return what there is to see as soon as there is something."""
    end = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < end, f"waited too long for {what}"
        time.sleep(0.05)
    return seen


class WebKit:
    """One person's browser, with a driver of its own: a driver takes one session."""

    def __init__(self, home: str, display: str) -> None:
        self.home = home
        self._port = _free_port()
        apart = {"DISPLAY": display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        self._process = subprocess.Popen(
            [program("WebKitWebDriver"), f"--port={self._port}"], env=os.environ | apart, start_new_session=True
        )
        self._session = ""

    def start(self) -> None:
        until(self._is_listening, "the driver")
        options = {"binary": program("MiniBrowser"), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._session = f"/session/{self._call('POST', '/session', wanted)['sessionId']}"

    def close(self) -> None:
        """End the browser, then the driver and whatever it left."""
        try:
            if self._session:
                self._call("DELETE", "")
        finally:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()

    # --- Pages ----------------------------------------------------------------------------------------------------
    def goto(self, path: str) -> None:
        self._call("POST", "/url", {"url": self.home + path})

    def back(self) -> None:
        self._call("POST", "/back")

    def reload(self) -> None:
        self._call("POST", "/refresh")

    @property
    def path(self) -> str:
        """Return the address of the page after the host."""
        return self._call("GET", "/url").removeprefix(self.home)

    def run(self, script: str, *arguments: object) -> Any:
        """Run the body of a function in the page, and return what it returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": arguments})

    # --- What is on them ------------------------------------------------------------------------------------------
    def find(self, selector: str, words: str = "") -> Any:
        """Wait for a visible element, with just these words if any are given."""
        return until(lambda: self.run(_BY_WORDS, selector, words), f"{selector} {words!r}")

    def text(self, selector: str) -> str:
        return self.run("return arguments[0].textContent.trim()", self.find(selector))

    def press(self, words: str) -> None:
        """Click the button or link with these words."""
        self._click(self.find("button, a, summary", words))

    def press_at(self, selector: str) -> None:
        self._click(self.find(selector))

    def fill(self, label: str, text: str) -> None:
        """Type into the field whose label begins so."""
        field = until(lambda: self.run(_BY_LABEL, label), f"the field {label!r}")
        self._call("POST", f"/element/{next(iter(field.values()))}/value", {"text": text})

    def _click(self, element: dict[str, str]) -> None:
        self._call("POST", f"/element/{next(iter(element.values()))}/click")

    # --- The wire -------------------------------------------------------------------------------------------------
    def _is_listening(self) -> bool:
        assert self._process.poll() is None, "the driver has ended"
        try:
            return self._call("GET", "/status")["ready"]
        except ConnectionError:
            return False

    def _call(self, method: str, command: str, body: object = None) -> Any:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2 * PATIENCE)
        try:
            line.request(method, self._session + command, json.dumps(body or {}) if method == "POST" else None)
            value = json.load(line.getresponse())["value"]
        finally:
            line.close()
        assert not (isinstance(value, dict) and "error" in value), f"{command}: {value}"
        return value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
