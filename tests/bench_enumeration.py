"""Whether time tells a stranger who exists, or whose recovery has begun: a section of ``make bench``.

A wrong password and a new claim are posted for a username of each kind in turn, in random order. AUC is the chance
that one answer for the first kind takes longer than one for the second; 0.5 tells nothing.
"""

import random
import secrets
import time
from collections import defaultdict
from collections.abc import Callable

SAMPLES = 2_000
KINDS = ("known", "known, with an open case", "unknown", "unknown, with an open case")
PAIRS = ((0, 2), (0, 1), (2, 3))


def section(prepared: Callable[[str, str], Callable[[], int]], username_of: Callable[[str], str]) -> None:
    """Print the AUC of each pair. ``prepared(path, username)`` returns what posts it and returns the status."""
    for path in ("/login/", "/recover/"):
        taken: dict[str, list[float]] = defaultdict(list)
        for kind in _in_turn():
            post = prepared(path, username_of(kind))
            before = time.perf_counter()
            status = post()
            taken[kind].append(time.perf_counter() - before)
            assert status < 400, (path, status)
        for one, other in PAIRS:
            found = auc(taken[KINDS[one]], taken[KINDS[other]])
            print(f"  {path:10} {KINDS[one]} / {KINDS[other]}: AUC {found:.3f}   (0.47 to 0.53)", flush=True)


def _in_turn() -> list[str]:
    order = random.SystemRandom()
    return [kind for _ in range(SAMPLES) for kind in order.sample(KINDS, len(KINDS))]


def auc(ones: list[float], others: list[float]) -> float:
    """Return the chance that one of ``ones`` is above one of ``others`` (Mann and Whitney)."""
    ranked = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    ranks = sum(rank for rank, (_value, is_one) in enumerate(ranked, start=1) if is_one)
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def name() -> str:
    """Return a username nobody has."""
    return f"nobody-{secrets.token_hex(5)}"
