"""What the outbox needs to know of a person, and all it knows."""

from typing import Protocol


class Recipient(Protocol):
    """A row of ``AUTH_USER_MODEL`` that can be told something."""

    @property
    def pk(self) -> int:
        """Return the primary key."""

    @property
    def email(self) -> str:
        """Return the address on file."""

    @property
    def greeting(self) -> str:
        """Return the name an e-mail greets with."""

    @property
    def zone(self) -> str:
        """Return the name of the time zone this person reads times in."""
