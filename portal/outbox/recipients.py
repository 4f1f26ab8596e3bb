"""Everything the outbox knows about a person."""

from datetime import datetime
from typing import Protocol


class Recipient(Protocol):
    """A row of ``AUTH_USER_MODEL`` to which notices can be sent."""

    @property
    def pk(self) -> int:
        """Return the primary key."""

    @property
    def email(self) -> str:
        """Return the address on file."""

    def former_address(self, now: datetime) -> str:
        """Return a second address that is told too, because it was the one on file until lately; else empty."""

    @property
    def greeting(self) -> str:
        """Return the name for the greeting."""

    @property
    def zone(self) -> str:
        """Return the name of the person's time zone, or an empty text for the default one."""
