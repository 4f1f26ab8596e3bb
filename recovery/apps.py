"""App configuration of recovery."""

from django.apps import AppConfig

from portal.audit import event_names
from portal.lib import db_triggers
from portal.outbox import periodic_tasks


class RecoveryConfig(AppConfig):
    """Assisted account recovery."""

    name = "recovery"

    def ready(self) -> None:
        """Register the triggers of the tables, the events of cases with their chains, and the periodic task."""
        from accounts.actions import holds, purging, staff_work  # noqa: PLC0415  needs the models
        from accounts.actions.desk import facts, looks  # noqa: PLC0415  the same
        from accounts.actions.privacy import erasure, stored_tables  # noqa: PLC0415  the same
        from portal.audit import hash_chain  # noqa: PLC0415  models are loaded by now
        from recovery import checks, enums, hook_types, notice_kinds  # noqa: F401, PLC0415  they register on import
        from recovery.actions import (  # noqa: PLC0415  the same
            assignment,
            case_events,
            case_holds,
            permissions,
            privacy_tables,
            timers,
        )
        from recovery.actions.resets import worker_tasks  # noqa: PLC0415  the same
        from recovery.models import triggers as own  # noqa: PLC0415

        holds.register(case_holds.held_until)
        looks.register(permissions.works_on)
        facts.register(permissions.under_way_since)
        staff_work.register(assignment.release)
        stored_tables.register(privacy_tables.TABLES)
        erasure.register(privacy_tables.under_way)
        purging.register(privacy_tables.OLD_CASES)
        db_triggers.register(own.every())
        event_names.register(enums.OwnerEvent)
        event_names.register(enums.CaseEvent)
        event_names.register(enums.ResetEvent)
        hash_chain.register(case_events.chains())
        periodic_tasks.register("recovery", timers.tick)
        periodic_tasks.register("reset codes", worker_tasks.send_codes)
        periodic_tasks.register("old resets", worker_tasks.forget_old)
