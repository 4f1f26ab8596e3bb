"""Waiting for what another process does, as long as it is alive to do it."""

import subprocess
import time
from collections.abc import Callable

PATIENCE = 300  # seconds, before something hangs rather than being slow


def wait_for(condition: Callable[[], bool], *, alive: subprocess.Popen) -> None:
    """Return when this is so; fail at once when the process that should bring it about has ended."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert alive.poll() is None, f"the process ended with {alive.returncode}"
        assert time.monotonic() < end, "the process hangs"
        time.sleep(0.02)
