"""What password hashing did, counted in KiB of memory times passes: the same on every machine, however busy."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import argon2
import pytest
from argon2 import _password_hasher, low_level

from accounts import hashers
from accounts.actions import slow_hash_lookup
from tests.conftest import DEAR

PRESENT = DEAR["memory_cost"] * DEAR["time_cost"]
_COST = re.compile(rb"m=(\d+),t=(\d+)")


@dataclass
class Work:
    """The cost of each hash, in the order they were made."""

    done: list[int] = field(default_factory=list)

    def clear(self) -> None:
        self.done.clear()

    def counting(self, hash_: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **cost: object) -> object:
            if "memory_cost" in cost:
                self.done.append(cost["memory_cost"] * cost["time_cost"])
            else:
                memory, passes = _COST.search(args[0]).groups()
                self.done.append(int(memory) * int(passes))
            return hash_(*args, **cost)

        return counted


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Count every argon2 hash from here on."""
    seen = Work()
    for module, name in (
        (low_level, "hash_secret"),
        (_password_hasher, "verify_secret"),
        (hashers, "hash_secret_raw"),
        (slow_hash_lookup, "hash_secret_raw"),
    ):
        monkeypatch.setattr(module, name, seen.counting(getattr(module, name)))
    return seen


def hash_with(password: str, memory: int, passes: int) -> str:
    """Return a hash as Django stores it, made with that cost."""
    hasher = argon2.PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
    return f"argon2{hasher.hash(password)}"
