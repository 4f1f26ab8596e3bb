"""Whether time tells a stranger who exists, or whose recovery has begun: a section of ``make bench``.

A wrong password, a new claim and a password reset are posted for a username of each kind in turn, in random order.
AUC is the chance that one answer for the first kind takes longer than one for the second; 0.5 tells nothing.
"""

import random
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench import Desk

SAMPLES = 2_000
KNOWN, KNOWN_CASE = "known", "known, with an open case"
UNKNOWN, UNKNOWN_CASE = "unknown", "unknown, with an open case"
CASES = ((KNOWN, KNOWN_CASE, UNKNOWN, UNKNOWN_CASE), ((KNOWN, UNKNOWN), (KNOWN, KNOWN_CASE), (UNKNOWN, UNKNOWN_CASE)))
FORMS = (("/login/", *CASES), ("/recover/", *CASES), ("/reset/", (KNOWN, UNKNOWN), ((KNOWN, UNKNOWN),)))


def section(desk: "Desk") -> None:
    """Print the AUC of each pair of kinds, for each form."""
    with_cases = [(_with_case(_known()), _with_case(_name())) for _ in range(20)]

    def username_of(kind: str) -> str:
        made = _known()  # for each kind, so that what was written last is the same
        if "open case" in kind:
            return random.choice(with_cases)[kind.startswith("unknown")]
        return made if kind == "known" else _name()

    for path, kinds, pairs in FORMS:
        taken: dict[str, list[float]] = defaultdict(list)
        for kind in _in_turn(kinds):
            taken[kind].append(_timed(desk, path, username_of(kind)))
        for one, other in pairs:
            print(f"  {path:10} {one} / {other}: AUC {auc(taken[one], taken[other]):.3f}   (0.47 to 0.53)", flush=True)


def _timed(desk: "Desk", path: str, username: str) -> float:
    from portal.throttle.models import Throttle
    from tests.bench import Visitor

    Throttle.objects.all().delete()
    visitor = Visitor(desk.application)
    visitor.get(path)
    before = time.perf_counter()
    status = visitor.post(path, username=username, password="Guessed 1 more", lost="key")[0]
    taken = time.perf_counter() - before
    assert status < 400, (path, status)
    return taken


def _with_case(username: str) -> str:
    from portal.lib import client, clock
    from portal.throttle.models import Throttle
    from recovery.actions import claims
    from recovery.enums import Purpose

    Throttle.objects.all().delete()
    origin = client.Origin("192.0.2.1", "")
    claims.open_claim(
        username=username, lost=[Purpose.KEY], contact="", browser="", by=None, origin=origin, now=clock.now()
    )
    return username


def _known() -> str:
    from tests import factories

    return factories.customer(_name()).user.username


def _in_turn(kinds: Sequence[str]) -> list[str]:
    order = random.SystemRandom()
    return [kind for _ in range(SAMPLES) for kind in order.sample(kinds, len(kinds))]


def auc(ones: list[float], others: list[float]) -> float:
    """Return the chance that one of ``ones`` is above one of ``others`` (Mann and Whitney)."""
    ranked = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    ranks = sum(rank for rank, (_value, is_one) in enumerate(ranked, start=1) if is_one)
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def _name() -> str:
    """Return a username nobody has."""
    return f"nobody-{secrets.token_hex(5)}"
