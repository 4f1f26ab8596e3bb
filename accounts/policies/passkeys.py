"""What is decided about passkeys without looking anything up."""

MAX_PASSKEYS = 10


def may_add(live: int) -> bool:
    """Tell whether a log-in that has this many passkeys may have one more."""
    return live < MAX_PASSKEYS


def has_grown(*, kept: int, shown: int) -> bool:
    """Tell whether a passkey's counter fits one original: it has grown, or it does not count at all (always 0).

    Two devices that hold a copy each count on their own, so one of them falls behind.
    Source: WebAuthn Level 3, section 6.1.1.
    """
    return shown > kept or (kept == 0 and shown == 0)
