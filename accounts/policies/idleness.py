"""How long a session may rest (SESS-1)."""

from datetime import datetime, timedelta


def seconds_left(*, active_at: datetime, ends_at: datetime, now: datetime, idle: timedelta) -> int:
    """Return whole seconds until the session ends if nothing happens; 0 when it is over."""
    return max(0, int((min(active_at + idle, ends_at) - now).total_seconds()))


def state(seconds: int, warning: int) -> str:
    """Return ``active``, ``warn`` or ``ended``."""
    if not seconds:
        return "ended"
    return "warn" if seconds <= warning else "active"
