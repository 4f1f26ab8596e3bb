"""The admin of accounts: read-only tables, with a button for each action."""

from accounts.admin import keys, networks, people, record, reports, staff, throttle, welcome

__all__ = ["keys", "networks", "people", "record", "reports", "staff", "throttle", "welcome"]
