"""System checks of recovery. Ids are documented in docs/reference/checks.md."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_A_DAY = 1440  # minutes


@register(Tags.security, deploy=True)
def waiting_period_lasts_a_day(**_: Any) -> list[CheckMessage]:
    """recovery.E001: owners would have less than a day to stop a recovery."""
    if settings.PORTAL_CASE_COOLING_MINUTES >= _A_DAY:
        return []
    return [
        Error(
            "PORTAL_CASE_COOLING_MINUTES is less than a day.",
            hint="Account holders need time to read our message and stop a recovery they did not request.",
            id="recovery.E001",
        )
    ]
