"""A bound on parallel costly work, shared by all threads and processes of one machine.

A password hash takes one core and many megabytes; more hashes at a time than cores only make everything
slower and the memory peak higher. Each slot is a file lock, which the kernel releases when a process dies.
The work runs in as many threads as there are slots, since each thread that has ever hashed keeps its memory.
See docs/decisions/0005-bounded-hashing.md.
"""

import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.conf import settings

Result = TypeVar("Result")

_PAUSE_SECONDS = 0.005


class HashingOverloaded(Exception):
    """No slot became free within the longest wait: answer 503 with Retry-After."""


def run(work: Callable[[], Result]) -> Result:
    """Run ``work`` in one of the ``PORTAL_HASH_SLOTS`` slots of this machine, and return its result.

    Waits ``PORTAL_HASH_QUEUE_SECONDS`` at most. Raises: ``HashingOverloaded``, and whatever ``work`` raises.
    """
    deadline = time.monotonic() + settings.PORTAL_HASH_QUEUE_SECONDS
    return _pool().submit(_in_slot, work, deadline).result()


def _in_slot(work: Callable[[], Result], deadline: float) -> Result:
    with _slot(deadline):
        return work()


@contextmanager
def _slot(deadline: float) -> Iterator[None]:
    while time.monotonic() < deadline:  # the time may already be up: the work has waited for a thread, too
        if (held := _take()) is not None:
            break
        time.sleep(_PAUSE_SECONDS)
    else:
        raise HashingOverloaded
    try:
        yield
    finally:
        os.close(held)


def _take() -> int | None:
    folder = Path(settings.PORTAL_RUN_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(settings.PORTAL_HASH_SLOTS):
        handle = os.open(folder / f"hash.{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return handle
    return None


@functools.lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.PORTAL_HASH_SLOTS, thread_name_prefix="hash")


os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not survive a fork
