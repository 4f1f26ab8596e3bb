"""Argon2id with OWASP's parameters, at most one hash per core, equally slow for old and new parameters."""

import functools

from argon2 import Type
from argon2.low_level import hash_secret_raw
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.policies.passwords import normalised
from portal.lib import hash_semaphore

_SALT = b"only the time counts"


class PortalArgon2Hasher(Argon2PasswordHasher):
    """Django's argon2 hasher with the cost from our settings.

    After the cost is raised, checking an old hash does the missing work too, so that the time taken does not
    distinguish old accounts from new ones or from unknown usernames; the hash itself is renewed at sign-in.
    """

    time_cost = settings.PORTAL_ARGON2_PASSES
    memory_cost = settings.PORTAL_ARGON2_MEMORY_KIB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash the composed form in a slot of ``hash_semaphore``; raises ``HashingOverloaded``."""
        return str(hash_semaphore.run(functools.partial(super().encode, normalised(password), salt)))

    def verify(self, password: str, encoded: str) -> bool:
        """Check the composed form; one hash, at the present cost. Raises ``HashingOverloaded``."""
        return self.verify_exactly(normalised(password), encoded)

    def verify_exactly(self, password: str, encoded: str) -> bool:
        """Check the text as it is, in a slot of ``hash_semaphore``; for hashes that were made of another form."""
        return hash_semaphore.run(functools.partial(self._verify, password, encoded))

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: ``verify`` does the missing work of every check, right or wrong."""

    def _verify(self, password: str, encoded: str) -> bool:
        is_right = bool(super().verify(password, encoded))
        self._fill_up(password, encoded)
        return is_right

    def _fill_up(self, password: str, encoded: str) -> None:
        done = self.decode(encoded)
        left = self.memory_cost * self.time_cost - done["memory_cost"] * done["time_cost"]
        if left > 0:
            hash_secret_raw(
                password.encode(),
                _SALT,
                time_cost=self.time_cost,
                memory_cost=max(8, left // self.time_cost),
                parallelism=1,
                hash_len=32,
                type=Type.ID,
            )
