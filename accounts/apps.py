"""App configuration of accounts."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from portal.lib import guards, ticks


class AccountsConfig(AppConfig):
    """Who you are and how you prove it."""

    name = "accounts"

    def ready(self) -> None:
        """Register guards, and take two_factor's own TOTP method out: our Key is the method."""
        from two_factor.plugins.registry import registry  # noqa: PLC0415  needs the app registry

        from accounts.actions import pauses  # noqa: PLC0415  needs the models

        registry.unregister("generator")
        ticks.register("pauses", pauses.announce)
        guards.register(guards.append_only("accounts_securityevent"))
        pre_migrate.connect(_remove_guards, sender=self)
        post_migrate.connect(_install_guards, sender=self)


def _remove_guards(**_: Any) -> None:
    guards.remove()


def _install_guards(**_: Any) -> None:
    guards.install()
