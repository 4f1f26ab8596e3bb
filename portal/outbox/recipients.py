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

    def former_addresses(self, now: datetime) -> list[str]:
        """Return further addresses that are told too, because they were the ones on file until lately."""

    @property
    def greeting(self) -> str:
        """Return the name for the greeting."""

    @property
    def zone(self) -> str:
        """Return the name of the person's time zone, or an empty text for the default one."""
