"""The one clock. Tests move it by freezing ``django.utils.timezone.now``."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()
