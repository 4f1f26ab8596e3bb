"""The admin of accounts: read-only tables, deeds by object buttons."""

from accounts.admin import people, record, throttle

__all__ = ["people", "record", "throttle"]
