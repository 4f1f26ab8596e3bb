"""A bound on parallel costly work, shared by all threads and processes of one machine, with a short queue.

A password hash takes one core and many megabytes; more hashes at a time than cores only make everything
slower and the memory peak higher. Each slot is a file lock, which the kernel releases when a process dies.
The work runs in as many threads as there are slots, since each thread that has ever hashed keeps its memory.
Whoever wants a slot needs a place in the process's queue first, and is refused at once if there is none: a waiting
request holds a thread of the web server. See docs/decisions/0005-bounded-hashing.md.
"""

import contextvars
import fcntl
import functools
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from django.conf import settings

Result = TypeVar("Result")

_PAUSE_SECONDS = 0.005
_NICENESS = 10  # hashes give way to pages; on Linux each thread has its own


class HashingOverloaded(Exception):
    """No place in the queue, or no slot within the longest wait: answer 503 with Retry-After."""


class _Queue:
    """Who holds a place in this process, strangers and known browsers apart, and whose turn it is."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._places = {True: 0, False: 0}  # by ``is_known``: waiting or at work
        self._waiting = {True: 0, False: 0}
        self._at_work = 0

    def is_full(self, *, is_known: bool) -> bool:
        """Tell whether somebody who came now would be refused."""
        places = settings.PORTAL_HASH_PLACES
        return self._places[is_known] >= (max(1, places // 2) if is_known else places)

    @contextmanager
    def place(self, *, is_known: bool) -> Iterator[None]:
        """Hold a place. Raises: ``HashingOverloaded``."""
        with self._changed:
            if self.is_full(is_known=is_known):
                raise HashingOverloaded
            self._places[is_known] += 1
        try:
            yield
        finally:
            with self._changed:
                self._places[is_known] -= 1

    @contextmanager
    def turn(self, deadline: float, *, is_known: bool) -> Iterator[None]:
        """Wait for one of the slots' threads; known browsers go first. Raises: ``HashingOverloaded``."""
        with self._changed:
            self._waiting[is_known] += 1
            is_my_turn = self._changed.wait_for(
                lambda: self._at_work < settings.PORTAL_HASH_SLOTS and (is_known or not self._waiting[True]),
                timeout=max(0.0, deadline - time.monotonic()),
            )
            self._waiting[is_known] -= 1
            self._changed.notify_all()
            if not is_my_turn:
                raise HashingOverloaded
            self._at_work += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()


_queue = _Queue()
_held: contextvars.ContextVar[bool | None] = contextvars.ContextVar("hash_place", default=None)  # is_known


@contextmanager
def place(*, is_known: bool = False) -> Iterator[None]:
    """Hold a place in the queue for what follows, one or several hashes. Raises: ``HashingOverloaded``, at once.

    ``is_known``: asked by somebody who is signed in, or by a browser its user has signed in with before; those have
    places of their own, half as many, and go first. Taken before an attempt is reserved: a refusal costs nothing.
    """
    if _held.get() is not None:
        yield  # a place inside a place is the same place
        return
    with _queue.place(is_known=is_known):
        before = _held.set(is_known)
        try:
            yield
        finally:
            _held.reset(before)


def is_full() -> bool:
    """Tell whether a stranger who came now would be refused."""
    return _queue.is_full(is_known=False)


def run(work: Callable[[], Result]) -> Result:
    """Run ``work`` in one of the ``PORTAL_HASH_SLOTS`` slots of this machine, and return its result.

    Waits ``PORTAL_HASH_QUEUE_SECONDS`` at most. Raises: ``HashingOverloaded``, and whatever ``work`` raises.
    """
    if (is_known := _held.get()) is None:
        with place():
            return run(work)
    deadline = time.monotonic() + settings.PORTAL_HASH_QUEUE_SECONDS
    with _queue.turn(deadline, is_known=is_known):
        return _pool().submit(_in_slot, work, deadline).result()


def _in_slot(work: Callable[[], Result], deadline: float) -> Result:
    with _slot(deadline):
        return work()


@contextmanager
def _slot(deadline: float) -> Iterator[None]:
    while (held := _take()) is None:
        if time.monotonic() >= deadline:
            raise HashingOverloaded
        time.sleep(_PAUSE_SECONDS)
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
    return ThreadPoolExecutor(settings.PORTAL_HASH_SLOTS, thread_name_prefix="hash", initializer=_give_way)


def _give_way() -> None:
    with suppress(OSError):  # a convenience: what is refused here works as before
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS)


def _forget() -> None:
    """Start anew in a forked process, which has none of the threads."""
    global _queue  # noqa: PLW0603  one queue a process
    _queue = _Queue()
    _pool.cache_clear()


os.register_at_fork(after_in_child=_forget)
