"""How long a session may be idle (SESS-1)."""

import math
from datetime import datetime, timedelta


def seconds_left(*, active_at: datetime, ends_at: datetime, now: datetime, idle: timedelta) -> int:
    """Return the seconds until the session ends without activity, rounded up: 0 only when it is over."""
    return max(0, math.ceil((min(active_at + idle, ends_at) - now).total_seconds()))


def state(seconds: int, warning: int) -> str:
    """Return ``active``, ``warn`` or ``ended``."""
    if not seconds:
        return "ended"
    return "warn" if seconds <= warning else "active"
