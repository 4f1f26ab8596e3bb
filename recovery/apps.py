"""App configuration of recovery."""

from django.apps import AppConfig

from portal.lib import db_triggers
from portal.outbox import periodic_tasks


class RecoveryConfig(AppConfig):
    """How you get back in."""

    name = "recovery"

    def ready(self) -> None:
        """Register the guards of the tables and the clock of the cases."""
        from recovery import checks, notice_kinds  # noqa: F401, PLC0415  registration on import
        from recovery.actions import timers  # noqa: PLC0415  models are loaded by now
        from recovery.models import triggers as own  # noqa: PLC0415

        db_triggers.register(own.every())
        periodic_tasks.register("recovery", timers.tick)
