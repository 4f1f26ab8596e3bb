"""App configuration of accounts."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate

from portal.lib import db_triggers, periodic_tasks


class AccountsConfig(AppConfig):
    """Who you are and how you prove it."""

    name = "accounts"

    def ready(self) -> None:
        """Register guards, roles and checks, and take two_factor's own TOTP method out: our Key is the method."""
        from two_factor.plugins.registry import registry  # noqa: PLC0415  needs the app registry

        from accounts import checks  # noqa: F401, PLC0415  registration on import, after the apps are loaded
        from accounts.actions.roles import ensure_roles  # noqa: PLC0415  needs the models
        from accounts.actions.sign_in import lockout_notices  # noqa: PLC0415  needs the models
        from accounts.models import SecurityEvent  # noqa: PLC0415  needs the app registry

        registry.unregister("generator")
        periodic_tasks.register("pauses", lockout_notices.announce)
        db_triggers.register(db_triggers.append_only(SecurityEvent))
        pre_migrate.connect(_remove_guards, sender=self)
        post_migrate.connect(_install_guards, sender=self)
        # auth comes after accounts and recovery: when its turn comes, their permissions are written.
        post_migrate.connect(ensure_roles, sender=apps.get_app_config("auth"))


def _remove_guards(**_: Any) -> None:
    db_triggers.remove()


def _install_guards(**_: Any) -> None:
    db_triggers.install()
