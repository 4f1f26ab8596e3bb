"""The admin of accounts: read-only tables, actions by object buttons."""

from accounts.admin import keys, people, record, reports, throttle

__all__ = ["keys", "people", "record", "reports", "throttle"]
