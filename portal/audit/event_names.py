"""The names of events in the audit record. Each app owns an enum of its events and registers it at start."""

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LABELS: dict[str, str | Promise] = {}


class RecordEvent(TextChoices):
    """Events that the record itself knows of."""

    ERASED = "erased", _("Personal data erased")


class UnknownEvent(ValueError):
    """No app has registered an event of this name."""


def register(names: type[TextChoices]) -> None:
    """Register an app's events with their labels; called once from its ``ready()``."""
    for value, label in names.choices:
        if value in _LABELS:
            raise ImproperlyConfigured(f"Two apps record {value!r}.")
        _LABELS[value] = label


def choices() -> Iterator[tuple[str, str | Promise]]:
    """Yield every event with its label."""
    yield from _LABELS.items()


def refuse_unknown(name: str) -> None:
    """Raise ``UnknownEvent`` unless an app has registered this name."""
    if name not in _LABELS:
        raise UnknownEvent(name)
