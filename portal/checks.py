"""System checks of the portal. Ids are documented in docs/reference/checks.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from portal.lib import db_triggers, geolocation, push, site
from portal.lib.outgoing import is_host

_MEND = "Run manage.py migrate, which sets them again, and find out who took them: manage.py portal_audit verify."


@register(Tags.security)
def triggers_are_installed(**_: Any) -> list[CheckMessage]:
    """portal.W003: a trigger that protects the record is missing or was altered.

    A warning, since an error would keep ``migrate`` from reinstalling it. Skipped if the database is unavailable.
    """
    try:
        found = sorted(db_triggers.missing()) if _has_tables() else []
    except DatabaseError:
        found = []
    if not found:
        return []
    return [
        Warning(f"Database triggers are missing or were altered: {', '.join(found)}.", hint=_MEND, id="portal.W003")
    ]


def _has_tables() -> bool:
    """Tell whether anything was migrated, without creating a missing SQLite file."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    return "audit_securityevent" in connection.introspection.table_names()


@register(Tags.security, deploy=True)
def host_is_allowed(**_: Any) -> list[CheckMessage]:
    """portal.E002: customers are told to compare an address at which the portal does not answer."""
    if site.host() and site.host() in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "PORTAL_HOST is not in PORTAL_ALLOWED_HOSTS.",
            hint="Set PORTAL_HOST to the official address of the portal.",
            id="portal.E002",
        )
    ]


@register(Tags.security)
def warning_fits_into_idle_time(**_: Any) -> list[CheckMessage]:
    """portal.E003: the inactivity warning would appear at once."""
    if settings.PORTAL_IDLE_WARNING_SECONDS < settings.PORTAL_IDLE_MINUTES * 60:
        return []
    return [Error("PORTAL_IDLE_WARNING_SECONDS is longer than PORTAL_IDLE_MINUTES.", id="portal.E003")]


_ANSWERS_OF_MAIL = 12  # of one conversation with a mail server, STARTTLS and a log-in included


@register(Tags.security)
def lease_outlasts_the_other_side(**_: Any) -> list[CheckMessage]:
    """portal.E004: a slow server on the other side would make two workers send the same message."""
    posts = max(settings.PORTAL_PUSH_TIMEOUT_SECONDS, settings.PORTAL_HOOK_TIMEOUT_SECONDS)
    longest = max(_ANSWERS_OF_MAIL * settings.EMAIL_TIMEOUT, 2 * posts)
    if longest < settings.PORTAL_NOTICE_LEASE_SECONDS:
        return []
    return [
        Error(
            f"PORTAL_NOTICE_LEASE_SECONDS must be more than {longest}: each answer of a slow server may take as long "
            "as its timeout.",
            hint="Raise it, or lower PORTAL_SMTP_TIMEOUT_SECONDS, PORTAL_PUSH_TIMEOUT_SECONDS and "
            "PORTAL_HOOK_TIMEOUT_SECONDS.",
            id="portal.E004",
        )
    ]


@register(Tags.security)
def push_services_are_names(**_: Any) -> list[CheckMessage]:
    """portal.E005: an entry of PORTAL_PUSH_HOSTS is not a valid host, or matches too many."""
    return [
        Error(
            f"{listed!r} in PORTAL_PUSH_HOSTS is not a host name.",
            hint="Write push.example, *.push.example or push.example:8443, in lower case.",
            id="portal.E005",
        )
        for listed in settings.PORTAL_PUSH_HOSTS
        if not is_host(listed)
    ]


@register(Tags.security)
def notifications_can_be_signed(**_: Any) -> list[CheckMessage]:
    """portal.E006: notifications are sent, but there is no key that push services would accept."""
    sends = settings.PORTAL_PUSH_BACKEND == "portal.lib.push.WebPush"
    if (sends or settings.PORTAL_VAPID_PRIVATE_KEY) and not push.is_private_key(settings.PORTAL_VAPID_PRIVATE_KEY):
        return [
            Error(
                "PORTAL_VAPID_PRIVATE_KEY is not the private half of a VAPID key.",
                hint="Run manage.py portal_vapid_keys to print a new one.",
                id="portal.E006",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def places_can_be_found(**_: Any) -> list[CheckMessage]:
    """portal.E007: the look-up of locations that the settings name cannot be used."""
    try:
        finder = geolocation.finder()
        if finder is geolocation.from_file:
            geolocation.read(settings.PORTAL_GEOLOCATION_CSV)
    except (ImportError, TypeError) as error:
        return [Error("PORTAL_GEOLOCATION does not name a function.", hint=f"Dotted path: {error}.", id="portal.E007")]
    except geolocation.PlacesWrong as error:
        return [Error("PORTAL_GEOLOCATION_CSV cannot be used.", hint=f"It says: {error}.", id="portal.E007")]
    return []


@register(Tags.security, deploy=True)
def push_is_on(**_: Any) -> list[CheckMessage]:
    """portal.W002: no notifications are sent, so customers must open the Key to see requests."""
    if push.sender().is_on:
        return []
    return [
        Warning(
            "Notifications on phones are off.",
            hint="Set PORTAL_VAPID_PRIVATE_KEY (manage.py portal_vapid_keys prints one), or silence this check.",
            id="portal.W002",
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
            hint="Set the number of proxies in front of the portal (0 for none): limits are counted by client address.",
            id="portal.W001",
        )
    ]


def _declared() -> set[str]:
    from portal.lib.env import READINGS  # noqa: PLC0415  filled by the settings

    return {name for name, reading in READINGS.items() if reading.origin != "default"}
