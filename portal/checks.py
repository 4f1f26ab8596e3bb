"""System checks of the house. Ids are documented in docs/reference/checks.md."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from portal.lib import guards


@register(Tags.database)
def guards_are_installed(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """portal.E001: a trigger that protects the record is missing."""
    if not databases or "accounts_securityevent" not in connection.introspection.table_names():
        return []
    return [
        Error(f"The database guard {name} is missing.", hint="Run manage.py migrate.", id="portal.E001")
        for name in sorted(guards.missing())
    ]


@register(Tags.security, deploy=True)
def host_is_allowed(**_: Any) -> list[CheckMessage]:
    """portal.E002: customers compare an address that the portal does not answer to."""
    host = settings.PORTAL_HOST.partition(":")[0]
    if host and host in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "PORTAL_HOST is not among PORTAL_ALLOWED_HOSTS.",
            hint="Set PORTAL_HOST to the official address of the portal.",
            id="portal.E002",
        )
    ]


@register(Tags.security)
def warning_fits_into_idle_time(**_: Any) -> list[CheckMessage]:
    """portal.E003: the inactivity warning would open at once."""
    if settings.PORTAL_IDLE_WARNING_SECONDS < settings.PORTAL_IDLE_MINUTES * 60:
        return []
    return [Error("PORTAL_IDLE_WARNING_SECONDS is longer than PORTAL_IDLE_MINUTES.", id="portal.E003")]


@register(Tags.security)
def lease_outlasts_the_mail_server(**_: Any) -> list[CheckMessage]:
    """portal.E004: a slow mail server would make two workers send the same message."""
    if settings.PORTAL_NOTICE_LEASE_SECONDS > 2 * settings.EMAIL_TIMEOUT:
        return []
    return [
        Error(
            "PORTAL_NOTICE_LEASE_SECONDS is not longer than two waits for the mail server.",
            hint="Raise it, or lower PORTAL_SMTP_TIMEOUT_SECONDS.",
            id="portal.E004",
        )
    ]


@register(Tags.security, deploy=True)
def proxies_are_told(**_: Any) -> list[CheckMessage]:
    """portal.W001: without a proxy count, everybody would share the proxy's address."""
    if settings.PORTAL_TRUSTED_PROXIES or "PORTAL_TRUSTED_PROXIES" in _declared():
        return []
    return [
        Warning(
            "PORTAL_TRUSTED_PROXIES is not set.",
            hint="Say how many proxies stand in front, 0 if none: budgets are counted by client address.",
            id="portal.W001",
        )
    ]


def _declared() -> set[str]:
    from portal.lib.env import READINGS  # noqa: PLC0415  filled by the settings

    return {name for name, reading in READINGS.items() if reading.origin != "default"}
