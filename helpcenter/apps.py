"""App configuration of the help centre."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class HelpcenterConfig(AppConfig):
    """Articles, causes and search. Knows nothing about users."""

    name = "helpcenter"

    def ready(self) -> None:
        """Register the system checks, and keep the search index in step with the articles."""
        from helpcenter import checks  # noqa: F401, PLC0415  registration on import, after the apps are loaded

        post_migrate.connect(_load_index, sender=self)


def _load_index(using: str, **_signal: Any) -> None:
    """Load the index after every migrate, so that no deployment can leave it out of date."""
    from helpcenter import search  # noqa: PLC0415  models are loaded by now

    if using == "default" and "helpcenter_entry" in connections[using].introspection.table_names():
        search.load()
