"""A bound on costly work, shared by all threads and processes of one machine.

Password hashing takes one core and many megabytes; more hashes than cores at a time only
make everybody slower and the memory peak higher. Each slot is a file lock, which the kernel
releases when a process dies. See docs/decisions/0005-bounded-hashing.md.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_PAUSE_SECONDS = 0.005


class Busy(Exception):
    """Every slot is taken and the queue's time is up: answer 503 with Retry-After."""


@contextmanager
def slot(name: str) -> Iterator[None]:
    """Hold one of ``PORTAL_HASH_SLOTS`` slots of that name, waiting ``PORTAL_HASH_QUEUE_SECONDS`` at most."""
    deadline = time.monotonic() + settings.PORTAL_HASH_QUEUE_SECONDS
    while (held := _take(name)) is None:
        if time.monotonic() >= deadline:
            raise Busy
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        os.close(held)


def _take(name: str) -> int | None:
    folder = Path(settings.PORTAL_RUN_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(settings.PORTAL_HASH_SLOTS):
        handle = os.open(folder / f"{name}.{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return handle
    return None
