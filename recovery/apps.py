"""App configuration of recovery."""

from django.apps import AppConfig

from portal.lib import guards, ticks


class RecoveryConfig(AppConfig):
    """How you get back in."""

    name = "recovery"

    def ready(self) -> None:
        """Register the guards of the tables and the clock of the cases."""
        from recovery import checks  # noqa: F401, PLC0415  registration on import
        from recovery.actions import clocks  # noqa: PLC0415  models are loaded by now
        from recovery.models import guards as own  # noqa: PLC0415

        guards.register(own.every())
        ticks.register("recovery", clocks.tick)
