"""App configuration of accounts."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from portal.audit import event_names
from portal.lib import db_triggers
from portal.outbox import periodic_tasks


class AccountsConfig(AppConfig):
    """Users and their authenticators."""

    name = "accounts"

    def ready(self) -> None:
        """Register events, roles and checks, and remove two_factor's own TOTP method: our Key replaces it."""
        from two_factor.plugins.registry import registry  # noqa: PLC0415  needs the app registry

        from accounts import checks, notice_kinds  # noqa: F401, PLC0415  registration on import, after the apps are loaded
        from accounts.actions import hook_events, purging  # noqa: PLC0415  needs the models
        from accounts.actions.channels import PhoneChannel  # noqa: PLC0415  needs the models
        from accounts.actions.privacy import erasure, portal_tables, stored_tables, tables  # noqa: PLC0415  the same
        from accounts.actions.roles import ensure_roles  # noqa: PLC0415  needs the models
        from accounts.actions.sign_in import browser_admission, lockout_notices  # noqa: PLC0415  needs the models
        from accounts.enums import Action  # noqa: PLC0415  needs the settings
        from accounts.models import triggers  # noqa: PLC0415  needs the models
        from portal.audit import record  # noqa: PLC0415  the same
        from portal.outbox import channels  # noqa: PLC0415  needs the models
        from portal.outbox.kinds import ChannelName  # noqa: PLC0415  the same

        registry.unregister("generator")
        db_triggers.register(triggers.every())
        channels.register(ChannelName.PUSH, PhoneChannel)
        stored_tables.register((*tables.TABLES, *portal_tables.TABLES))
        purging.register(erasure.LONG_CLOSED)
        periodic_tasks.register("pauses", lockout_notices.announce)
        periodic_tasks.register("browser codes", browser_admission.send_codes)
        periodic_tasks.register("answered posts", purging.forget_answers)
        event_names.register(Action)
        record.listen(hook_events.on_recorded)
        # auth comes after accounts and recovery, so their permissions exist by then.
        post_migrate.connect(ensure_roles, sender=apps.get_app_config("auth"))
