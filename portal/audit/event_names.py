"""What may stand in the record. Each app owns an enum of its events and registers it when it starts."""

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices
from django.utils.functional import Promise

_LABELS: dict[str, str | Promise] = {}


class UnknownEvent(ValueError):
    """No app has registered an event of this name."""


def register(names: type[TextChoices]) -> None:
    """Take an app's events with their words; called once from its ``ready()``."""
    for value, label in names.choices:
        if value in _LABELS:
            raise ImproperlyConfigured(f"Two apps record {value!r}.")
        _LABELS[value] = label


def choices() -> Iterator[tuple[str, str | Promise]]:
    """Yield every event with its words."""
    yield from _LABELS.items()


def refuse_unknown(name: str) -> None:
    """Raises: ``UnknownEvent``."""
    if name not in _LABELS:
        raise UnknownEvent(name)
