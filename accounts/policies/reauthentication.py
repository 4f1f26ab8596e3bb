"""Whether a proof is still fresh enough for a sensitive page."""

from datetime import datetime, timedelta


def is_fresh(*, proved_at: datetime, now: datetime, lifetime: timedelta) -> bool:
    """Tell whether both factors were given within ``lifetime``, and not in the future."""
    return timedelta(0) <= now - proved_at < lifetime
