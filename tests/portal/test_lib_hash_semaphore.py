"""The gate of costly work: never more at a time than there are slots, over threads and processes."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings as declared

from portal.lib import hash_semaphore

SLOTS = 2
# Notes the moments between which it holds a slot; the test looks for overlaps over all processes.
HOLDER = """
import sys, time, threading
from pathlib import Path
from django.conf import settings
settings.configure(PORTAL_RUN_DIR=sys.argv[1], PORTAL_HASH_SLOTS=2, PORTAL_HASH_QUEUE_SECONDS=20, PORTAL_HASH_PLACES=99)
from portal.lib import hash_semaphore
def work():
    start = time.monotonic()
    time.sleep(0.01)
    return start, time.monotonic()
held = []
threads = [threading.Thread(target=lambda: held.append(hash_semaphore.run(work))) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(held)
"""


@pytest.fixture(autouse=True)
def own_slots(settings, tmp_path: Path) -> None:
    settings.PORTAL_RUN_DIR = str(tmp_path / "run")
    settings.PORTAL_HASH_SLOTS = SLOTS
    settings.PORTAL_HASH_QUEUE_SECONDS = 20
    settings.PORTAL_HASH_PLACES = 99
    hash_semaphore._pool.cache_clear()
    yield
    hash_semaphore._pool.cache_clear()


def most_at_once(spans: list[tuple[float, float]]) -> int:
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    counts, now = [0], 0
    for _moment, step in edges:
        now += step
        counts.append(now)
    return max(counts)


def test_threads_never_hold_more_than_the_slots():
    def work() -> tuple[float, float]:
        start = time.monotonic()
        time.sleep(0.01)
        return start, time.monotonic()

    with ThreadPoolExecutor(16) as pool:
        spans = list(pool.map(lambda _: hash_semaphore.run(work), range(32)))

    assert most_at_once(spans) == SLOTS


def test_processes_never_hold_more_than_the_slots(settings):
    command = [sys.executable, "-c", HOLDER, settings.PORTAL_RUN_DIR]
    holders = [subprocess.Popen(command, cwd=declared.BASE_DIR, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    spans = [span for holder in holders for span in eval(holder.communicate(timeout=60)[0])]

    assert len(spans) == 24
    assert most_at_once(spans) <= SLOTS


def test_who_waits_too_long_is_told_to_come_again(settings):
    settings.PORTAL_HASH_QUEUE_SECONDS = 0
    held = [hash_semaphore._take() for _ in range(SLOTS)]
    try:
        with pytest.raises(hash_semaphore.HashingOverloaded):
            hash_semaphore.run(lambda: pytest.fail("it ran"))
    finally:
        for handle in held:
            os.close(handle)

    settings.PORTAL_HASH_QUEUE_SECONDS = 20
    assert hash_semaphore.run(lambda: "done") == "done"


def test_who_waits_too_long_behind_others_of_the_same_process_is_told_as_well(settings):
    go_on, all_in = threading.Event(), threading.Barrier(SLOTS + 1)

    def hold() -> str:
        all_in.wait(10)
        go_on.wait(10)
        return "done"

    with ThreadPoolExecutor(SLOTS + 1) as pool:
        holders = [pool.submit(hash_semaphore.run, hold) for _ in range(SLOTS)]
        all_in.wait(10)
        settings.PORTAL_HASH_QUEUE_SECONDS = 0.05
        late = pool.submit(hash_semaphore.run, lambda: "it ran")
        time.sleep(0.2)
        go_on.set()

    assert [holder.result() for holder in holders] == ["done"] * SLOTS
    with pytest.raises(hash_semaphore.HashingOverloaded):
        late.result()


def test_a_fault_in_the_work_frees_its_slot():
    for _ in range(SLOTS * 3):
        with pytest.raises(ZeroDivisionError):
            hash_semaphore.run(lambda: 1 // 0)

    assert hash_semaphore.run(lambda: "done") == "done"


def test_a_process_that_is_killed_frees_its_slots(settings):
    script = (
        HOLDER.partition("def work")[0]
        + "hash_semaphore._take(); hash_semaphore._take(); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, settings.PORTAL_RUN_DIR]
    with subprocess.Popen(command, cwd=declared.BASE_DIR, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        assert hash_semaphore._take() is None
        holder.kill()

    handle = hash_semaphore._take()
    assert handle is not None
    os.close(handle)


def test_the_work_runs_in_as_many_threads_as_there_are_slots():
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: hash_semaphore.run(lambda: threading.current_thread().name), range(32)))

    assert len(names) <= SLOTS
    assert all(name.startswith("hash") for name in names)


# --- The queue ------------------------------------------------------------------------------------------


class Crowd:
    """Threads that hash until they are told to go on."""

    def __init__(self) -> None:
        self.pool, self.go_on = ThreadPoolExecutor(32), threading.Event()
        self.done: list[str] = []

    def comes(self, name: str, *, is_known: bool = False) -> Future:
        def work() -> None:
            self.go_on.wait(30)
            self.done.append(name)

        def hash_() -> None:
            with hash_semaphore.place(is_known=is_known):
                hash_semaphore.run(work)

        places = sum(hash_semaphore._queue._places.values())
        future = self.pool.submit(hash_)
        while not future.done() and sum(hash_semaphore._queue._places.values()) == places:
            time.sleep(0.001)
        return future


@pytest.fixture
def crowd() -> Crowd:
    made = Crowd()
    yield made
    made.go_on.set()
    made.pool.shutdown()


def test_beyond_the_places_of_strangers_a_stranger_is_refused_at_once(settings, crowd: Crowd):
    settings.PORTAL_HASH_PLACES = 4
    waiting = [crowd.comes(f"stranger {number}") for number in range(4)]

    assert hash_semaphore.is_full()
    with pytest.raises(hash_semaphore.HashingOverloaded):
        crowd.comes("one more").result(5)
    crowd.go_on.set()
    assert [one.result(20) for one in waiting] == [None] * 4
    assert not hash_semaphore.is_full()


def test_known_browsers_have_places_of_their_own_and_go_first(settings, crowd: Crowd):
    settings.PORTAL_HASH_PLACES, settings.PORTAL_HASH_SLOTS = 4, 1  # one after the other
    strangers = [crowd.comes(f"stranger {number}") for number in range(4)]
    known = [crowd.comes(f"known {number}", is_known=True) for number in range(2)]

    with pytest.raises(hash_semaphore.HashingOverloaded):
        crowd.comes("known 3", is_known=True).result(5)
    crowd.go_on.set()
    assert [one.result(20) for one in (*strangers, *known)] == [None] * 6
    assert {name.partition(" ")[0] for name in crowd.done[1:3]} == {"known"}


def test_a_place_serves_several_hashes_and_is_given_back():
    with hash_semaphore.place():
        assert [hash_semaphore.run(lambda: "done") for _ in range(3)] == ["done"] * 3
    with pytest.raises(ZeroDivisionError), hash_semaphore.place():
        hash_semaphore.run(lambda: 1 // 0)

    assert set(hash_semaphore._queue._places.values()) == {0}


def test_hashes_give_way_to_pages():
    own = os.getpriority(os.PRIO_PROCESS, 0)

    assert hash_semaphore.run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())) == min(own + 10, 19)
