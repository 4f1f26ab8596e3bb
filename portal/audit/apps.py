"""App configuration of the audit record."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from portal.lib import db_triggers


class AuditConfig(AppConfig):
    """The audit record, and the triggers of every table, which are removed while tables change."""

    name = "portal.audit"
    label = "audit"

    def ready(self) -> None:
        """Register the triggers and the chains of users, and reinstall all triggers around migrations."""
        from portal.audit import event_names, hash_chain, pruning  # noqa: PLC0415  needs the app registry
        from portal.audit.models import ChainHead, SecurityEvent  # noqa: PLC0415  the same

        event_names.register(event_names.RecordEvent)
        db_triggers.register(db_triggers.append_only(SecurityEvent, unless=pruning.PRUNED))
        db_triggers.register(pruning.triggers())
        hash_chain.register(
            hash_chain.Chains(
                events=SecurityEvent,
                heads=lambda: ChainHead.objects.order_by("pk"),
                head_of=lambda head: hash_chain.Head(head.chain, head.n, head.digest),
                further_faults=pruning.headless,
            )
        )
        pre_migrate.connect(_remove_triggers, sender=self)
        post_migrate.connect(_install_triggers, sender=self)


def _remove_triggers(**_: Any) -> None:
    db_triggers.remove()


def _install_triggers(**_: Any) -> None:
    db_triggers.install()
