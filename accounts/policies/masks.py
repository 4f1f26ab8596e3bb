"""Masks for personal texts shown to staff: enough to tell two apart, too little to use."""

_DOTS = "\u2022\u2022\u2022"


def name(text: str) -> str:
    """Return the first letter only: A•••. Always three dots, so that the length stays hidden."""
    return f"{text[0]}{_DOTS}" if text else ""


def email(text: str) -> str:
    """Return the first letter and the provider: a•••@example.test."""
    local, _, domain = text.rpartition("@")
    return f"{name(local)}@{domain}" if local else name(text)


def all_of(text: str) -> str:
    """Return three dots for anything, and nothing for nothing."""
    return _DOTS if text else ""


def tail(text: str, shown: int) -> str:
    """Return the last characters only: •••18; of a text that is hardly longer, nothing but dots."""
    return f"{_DOTS}{text[-shown:]}" if len(text) > 2 * shown + 1 else all_of(text)
