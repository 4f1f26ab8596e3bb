"""Stop codes, with which the reader of one of our messages can stop what it announces, and the message's reference."""

from portal.lib.code_alphabet import is_made_of, plain

LENGTH = 12
_MESSAGE_PREFIX = "N"
_MESSAGE_BODY = 8


def read_message_reference(typed: str) -> str | None:
    """Return N and the eight characters of a message reference, or None if it cannot be one.

    The N may be left out, unless the rest begins with one: then a character is more likely to be missing.
    """
    text = plain(typed)
    text = text if text.startswith(_MESSAGE_PREFIX) else f"{_MESSAGE_PREFIX}{text}"
    return text if is_made_of(text, 1 + _MESSAGE_BODY) else None


def read(typed: str) -> str | None:
    """Return the twelve characters of a stop code, or None if it cannot be one."""
    text = plain(typed)
    return text if is_made_of(text, LENGTH) else None
