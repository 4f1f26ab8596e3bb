"""App configuration of the outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Notices to people, stored until they are delivered."""

    name = "portal.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register the checks and the e-mail channel."""
        from portal.outbox import channels, checks  # noqa: F401, PLC0415  registration on import; needs the models
        from portal.outbox.hooks import hook_checks  # noqa: F401, PLC0415  the same
        from portal.outbox.kinds import ChannelName  # noqa: PLC0415  the same

        channels.register(ChannelName.EMAIL, channels.EmailChannel)
