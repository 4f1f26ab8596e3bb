"""App configuration of the limits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThrottleConfig(AppConfig):
    """The limits on attempts."""

    name = "portal.throttle"
    label = "throttle"
    verbose_name = _("Limits")
