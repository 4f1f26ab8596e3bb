"""How a limit counts: its numbers, and the bucket of attempts that each subject has under it.

See docs/decisions/0021-limits-as-data.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from portal.lib import client, digests

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Bounds:
    """The current numbers of a limit."""

    tries: int
    window: timedelta | None
    pause: timedelta | None
    total: int | None


@dataclass(frozen=True)
class Bucket:
    """The attempts of one subject under one limit."""

    limit: "Limit"
    subject: str  # a digest: staff and the worker look up by it
    key: str  # of limit, subject and scope


@dataclass(frozen=True, eq=False)
class Limit:
    """``tries`` in a ``window`` that the first of them opens; once they are used up, the subject has to wait.

    Until the window ends or, with a ``pause``, that long after the last attempt. Without a window attempts never
    expire. ``total``: attempts in a row over any time, after which only clearing helps. A string names a setting,
    times in minutes. ``times``: a multiple of the tries. ``wide``: the limit of the surrounding /56.
    """

    name: str
    label: "StrOrPromise"  # for staff
    bounds_what: str  # for docs/reference/limits.md
    tries: int | str
    window: timedelta | str | None
    pause: timedelta | str | None = None
    total: int | str | None = None
    times: int = 1
    is_of_networks: bool = False
    wide: "Limit | None" = None

    @property
    def bounds(self) -> Bounds:
        """Return the current numbers."""
        return Bounds(_number(self.tries) * self.times, _span(self.window), _span(self.pause), self._total)

    @property
    def _total(self) -> int | None:
        return None if self.total is None else _number(self.total)

    def of(self, subject: str, *, scope: str = "") -> Bucket:
        """Return the bucket of one subject, a digest; each ``scope`` of a subject has its own."""
        return Bucket(self, subject, digests.keyed("limit", f"{self.name}|{subject}|{scope}"))

    def of_network(self, address: str) -> tuple[Bucket, ...]:
        """Return the buckets of an address's network: the address or its IPv6 /64, then the surrounding /56."""
        levels = (self, self.wide or self)
        blocks = network_subjects(address)
        return tuple(limit.of(subject) for limit, subject in zip(levels, blocks, strict=False))


def network_subjects(address: str) -> tuple[str, ...]:
    """Return the digests that stand for an address's networks, the narrower one first."""
    return tuple(digests.keyed("network", block) for block in client.networks(address))


def _number(value: int | str) -> int:
    return value if isinstance(value, int) else int(getattr(settings, value))


def _span(value: timedelta | str | None) -> timedelta | None:
    return timedelta(minutes=getattr(settings, value)) if isinstance(value, str) else value
