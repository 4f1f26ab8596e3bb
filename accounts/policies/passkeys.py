"""Rules about passkeys."""

MAX_PASSKEYS = 10


def may_add(live: int) -> bool:
    """Tell whether a user with this many passkeys may add one more."""
    return live < MAX_PASSKEYS


def has_grown(*, kept: int, shown: int) -> bool:
    """Tell whether a passkey's counter rules out a copy: it has grown, or the passkey does not count (always 0).

    Two devices that hold copies count separately, so one of them falls behind.
    Source: WebAuthn Level 3, section 6.1.1.
    """
    return shown > kept or (kept == 0 and shown == 0)
