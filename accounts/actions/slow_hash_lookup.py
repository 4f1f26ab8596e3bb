"""Slow digests that can be looked up: one argon2 hash finds a secret among any number of one user's rows.

The salt is the user's own and the same for all their rows, so that one hash is compared with every row; the
result is keyed outside the database. For former passwords and backup codes.
"""

import functools
import hmac
from collections.abc import Iterable

from argon2.low_level import Type, hash_secret_raw
from django.conf import settings

from portal.lib import digests, hash_semaphore


def parameters() -> str:
    """Return the current cost parameters, as stored beside a digest."""
    return f"m={settings.PORTAL_ARGON2_MEMORY_KIB},t={settings.PORTAL_ARGON2_PASSES},p=1"


def digest(namespace: str, text: str, *, salt: str, cost: str) -> str:
    """Return the digest of a text at that cost; ``salt`` is the user's, in hex. Raises: ``HashingOverloaded``."""
    parts = dict(part.split("=") for part in cost.split(","))
    hashing = functools.partial(
        hash_secret_raw,
        text.encode(),
        bytes.fromhex(salt),
        time_cost=int(parts["t"]),
        memory_cost=int(parts["m"]),
        parallelism=int(parts["p"]),
        hash_len=32,
        type=Type.ID,
    )
    return digests.keyed(namespace, hash_semaphore.run(hashing).hex())


def find(namespace: str, text: str, rows: Iterable[tuple[str, str]], *, salt: str) -> str:
    """Return the digest among these (digest, cost) rows that the text matches, or an empty text.

    Costs one hash per distinct cost, normally one, and takes as long whichever row matches.
    """
    pairs, found = list(rows), ""
    for cost in sorted({cost for _digest, cost in pairs}):
        candidate = digest(namespace, text, salt=salt, cost=cost)
        for kept, made_with in pairs:
            if hmac.compare_digest(kept, candidate) and made_with == cost:
                found = kept
    return found
