"""What a page says, read from its marks instead of its sentences."""

import re


def marks(answer: object, name: str) -> list[str]:
    """Return the values of ``data-<name>`` on a page, in order; ``answer`` is a response or its text."""
    page = answer if isinstance(answer, str) else answer.content.decode()
    return re.findall(rf'\bdata-{name}="([^"]*)"', page)


def cause_of(answer: object) -> str:
    """Return the code of the cause that a page gives for a refusal, the empty text if it gives none."""
    return next(iter(marks(answer, "cause")), "")


def levels(answer: object) -> list[str]:
    """Return the levels of the messages on a page: success, info, warning."""
    return [message.level_tag for message in answer.context["messages"]]
