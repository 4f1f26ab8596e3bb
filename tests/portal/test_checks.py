"""System checks: each fires on what it names, and is silent otherwise."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection

from portal import checks
from portal.lib import db_triggers, env


def ids(found: list[object]) -> list[str]:
    return [message.id for message in found]


def drop(name: str) -> None:
    table = next(trigger.table for trigger in db_triggers._REGISTERED if trigger.name == name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["--database", "default"]], ids=["plain", "with the database"])
def test_a_missing_trigger_is_named_by_every_check_with_how_to_mend_it(
    arguments: list[str], capsys: pytest.CaptureFixture
) -> None:
    drop("recovery_case_legal")

    with pytest.raises(SystemCheckError, match=r"portal.W003.*recovery_case_legal.*\n.*manage.py migrate"):
        call_command("check", *arguments, "--fail-level", "WARNING")


@pytest.mark.django_db(transaction=True)
def test_migrate_sets_a_missing_trigger_again_and_is_not_kept_from_it(capsys: pytest.CaptureFixture) -> None:
    drop("recovery_case_legal")

    call_command("migrate", verbosity=0, skip_checks=False)

    assert "recovery_case_legal" in capsys.readouterr().err
    assert db_triggers.missing() == set()


@pytest.mark.django_db
def test_a_database_that_is_not_there_has_no_say_and_is_not_made(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop("recovery_case_legal")
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "none.sqlite3"))
    else:
        monkeypatch.setattr(connection, "cursor", _away)

    assert checks.triggers_are_installed() == []
    assert list(tmp_path.glob("*.sqlite3")) == []


def _away(*_: object) -> None:
    raise OperationalError("the server is away")


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
    settings.PORTAL_NOTICE_LEASE_SECONDS, settings.EMAIL_TIMEOUT = 121, 10
    settings.PORTAL_PUSH_TIMEOUT_SECONDS = 5
    assert checks.lease_outlasts_the_other_side() == []

    settings.PORTAL_NOTICE_LEASE_SECONDS = 120
    assert ids(checks.lease_outlasts_the_other_side()) == ["portal.E004"]

    settings.EMAIL_TIMEOUT, settings.PORTAL_PUSH_TIMEOUT_SECONDS = 1, 60
    assert ids(checks.lease_outlasts_the_other_side()) == ["portal.E004"]


def test_each_push_service_that_is_no_name_is_an_error(settings: object) -> None:
    assert checks.push_services_are_names() == []

    settings.PORTAL_PUSH_HOSTS = ["push.example", "*", "10.0.0.1"]
    assert ids(checks.push_services_are_names()) == ["portal.E005"] * 2


@pytest.mark.parametrize("key", ["A" * 43, "x" * 44, "?" * 43])
def test_a_key_that_signs_nothing_is_an_error(settings: object, key: str) -> None:
    assert checks.notifications_can_be_signed() == []

    settings.PORTAL_VAPID_PRIVATE_KEY = key
    assert ids(checks.notifications_can_be_signed()) == ["portal.E006"]


def test_notifications_without_a_key_are_an_error_and_none_at_all_a_warning(settings: object) -> None:
    settings.PORTAL_VAPID_PRIVATE_KEY, settings.PORTAL_PUSH_BACKEND = "", "portal.lib.push.WebPush"
    assert ids(checks.notifications_can_be_signed()) == ["portal.E006"]
    assert checks.push_is_on() == []

    settings.PORTAL_PUSH_BACKEND = "portal.lib.push.Nowhere"
    assert checks.notifications_can_be_signed() == []
    assert ids(checks.push_is_on()) == ["portal.W002"]


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
