"""People who act at the same moment, so many times over."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from accounts.refusals import Refusal
from tests.conftest import DEMANDED

ROUNDS = 20 if DEMANDED else 4  # a race that is lost now and then shows in the long run of make test-all
AT_ONCE = 20


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Do all in threads of their own at the same moment; return what came of each, refusals included."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        start.wait()
        try:
            return action()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def done(results: list[object]) -> int:
    """Return how many of these were not refused."""
    return sum(not isinstance(result, Refusal) for result in results)
