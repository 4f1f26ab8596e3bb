"""What a crowd that signs in at once adds to the memory: a section of ``make bench``."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench import Desk

CROWD = 32


def section(desk: "Desk") -> None:
    """Let many sign in at once and watch what their hashes add to the memory of threads that are there already."""
    from django.conf import settings
    from django.db import connections

    from tests import factories
    from tests.bench import Visitor

    people = [factories.customer(f"bench{number}") for number in range(CROWD)]
    ready, go = threading.Barrier(CROWD + 1), threading.Barrier(CROWD + 1)
    statuses: list[int] = []

    def log_in(person: factories.Person) -> None:
        visitor = Visitor(desk.application)
        visitor.get("/login/")
        visitor.get("/help/search/?q=code")  # opens this thread's connection
        ready.wait()
        go.wait()
        statuses.append(visitor.post("/login/", username=person.user.username, password=person.password)[0])
        connections.close_all()

    threads = [threading.Thread(target=log_in, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    ready.wait()
    before = memory()
    with peak_memory() as peak:
        go.wait()
        for thread in threads:
            thread.join()
    hashes = (max(peak) - before) / (settings.PORTAL_ARGON2_MEMORY_KIB * 1024)
    print(f"  {CROWD} log-ins at once: {statuses.count(302)} served; peak memory rose by {hashes:.2f} hashes", end=" ")
    print("  (limit 2)")


def memory() -> int:
    """Return the resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    seen, over = [memory()], threading.Event()

    def watch() -> None:
        while not over.wait(0.002):
            seen.append(memory())

    thread = threading.Thread(target=watch)
    thread.start()
    yield seen
    over.set()
    thread.join()
