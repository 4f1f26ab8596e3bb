"""App configurations of the portal itself."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """The portal: settings, middleware, checks, template tags."""

    name = "portal"
    label = "portal"

    def ready(self) -> None:
        """Register the system checks."""
        from portal import checks  # noqa: F401, PLC0415  registration on import, after the apps are loaded
        from portal.brand import checks as of_the_brand  # noqa: F401, PLC0415  the same


class PortalAdminConfig(AdminConfig):
    """Django's admin behind a site that demands the second factor."""

    default_site = "accounts.admin_site.PortalAdminSite"
