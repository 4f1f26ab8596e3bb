"""System checks: each fires on what it names, and is silent otherwise."""

import pytest
from django.core.management import call_command

from portal import checks
from portal.lib import env, guards


def ids(found: list[object]) -> list[str]:
    return [message.id for message in found]


@pytest.mark.django_db
def test_a_missing_guard_is_an_error() -> None:
    assert checks.guards_are_installed(databases=["default"]) == []

    guards.remove()

    assert set(ids(checks.guards_are_installed(databases=["default"]))) == {"portal.E001"}


def test_the_official_address_must_be_answered(settings: object) -> None:
    settings.PORTAL_HOST, settings.ALLOWED_HOSTS = "portal.example", ["portal.example"]
    assert checks.host_is_allowed() == []

    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    assert ids(checks.host_is_allowed()) == ["portal.E002"]


def test_a_warning_longer_than_the_idle_time_is_an_error(settings: object) -> None:
    settings.PORTAL_IDLE_MINUTES, settings.PORTAL_IDLE_WARNING_SECONDS = 5, 299
    assert checks.warning_fits_into_idle_time() == []

    settings.PORTAL_IDLE_WARNING_SECONDS = 300
    assert ids(checks.warning_fits_into_idle_time()) == ["portal.E003"]


def test_a_lease_shorter_than_the_mail_server_needs_is_an_error(settings: object) -> None:
    settings.PORTAL_NOTICE_LEASE_SECONDS, settings.EMAIL_TIMEOUT = 21, 10
    assert checks.lease_outlasts_the_mail_server() == []

    settings.PORTAL_NOTICE_LEASE_SECONDS = 20
    assert ids(checks.lease_outlasts_the_mail_server()) == ["portal.E004"]


def test_an_unknown_number_of_proxies_is_a_warning(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.PORTAL_TRUSTED_PROXIES = 0
    reading = env.READINGS["PORTAL_TRUSTED_PROXIES"]
    monkeypatch.setitem(env.READINGS, reading.name, env.Reading(reading.name, 0, 0, "environment", "", ""))
    assert checks.proxies_are_told() == []

    monkeypatch.setitem(env.READINGS, reading.name, env.Reading(reading.name, 0, 0, "default", "", ""))
    assert ids(checks.proxies_are_told()) == ["portal.W001"]


@pytest.mark.django_db
def test_a_sound_installation_has_nothing_to_say() -> None:
    call_command("check", "--database", "default", "--fail-level", "WARNING")
