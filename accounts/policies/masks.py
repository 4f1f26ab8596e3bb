"""Masks for personal texts shown to staff: enough to tell two apart, too little to use."""

_DOTS = "\u2022\u2022\u2022"


def name(text: str) -> str:
    """Return the first letter only: A•••. Always three dots, so that the length stays hidden."""
    return f"{text[0]}{_DOTS}" if text else ""


def email(text: str) -> str:
    """Return the first letter and the provider: a•••@example.test."""
    local, _, domain = text.rpartition("@")
    return f"{name(local)}@{domain}" if local else name(text)
