"""No command of a library changes a person past the actions of the house."""

import contextlib
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands
from django.db import models
from django.test import Client

from accounts.models import Passkey
from portal.audit.models import SecurityEvent
from tests import factories
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db
OURS = {"accounts", "helpcenter", "portal", "portal.audit", "portal.outbox", "recovery"}
# How each command of a library that might touch people is called, and how ours in its place answers.
REFUSED = {
    "addstatictoken": ["ada"],
    "changepassword": ["ada"],
    "createsuperuser": ["--noinput", "--username", "eve", "--email", "eve@example.test"],
    "two_factor_disable": ["ada"],
}
TRUTHFUL = {"two_factor_status": ["ada"], "axes_list_attempts": []}
RECORDED = {
    "axes_reset": [],
    "axes_reset_ip": ["127.0.0.1"],
    "axes_reset_ip_username": ["127.0.0.1", "ada"],
    "axes_reset_username": ["ada"],
}
OF_EMPTY_TABLES = {"axes_reset_failure_logs": [], "axes_reset_logs": []}
OF_NOBODY = {"remove_stale_contenttypes": ["--noinput"], "collectstatic": None, "findstatic": None, "runserver": None}
KNOWN = REFUSED | TRUTHFUL | RECORDED | OF_EMPTY_TABLES | OF_NOBODY


def everything() -> dict[str, list[dict[str, object]]]:
    """Return every row of every table but the record and what is counted."""
    tables = [
        model for model in apps.get_models() if model._meta.label not in {"audit.SecurityEvent", "audit.ChainHead"}
    ]
    return {model._meta.label: rows(model) for model in tables}


def rows(model: type[models.Model]) -> list[dict[str, object]]:
    return list(model.objects.order_by("pk").values())


def stock_commands() -> set[str]:
    """Return the names of the commands that libraries bring, those that ours stand in place of included."""
    named = set()
    for config in apps.get_app_configs():
        folder = Path(config.path) / "management" / "commands"
        if config.name not in OURS and "portal" not in config.name:
            named |= {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    return named


@pytest.fixture
def person(ada: Person, clock: Clock) -> Person:
    """Somebody with a Key, a passkey, a session and counted tries."""
    factories.phone(ada)
    Passkey.objects.create(user=ada.user, credential_id="c", created_at=clock.now, confirmed=True)
    factories.signed_in(ada)
    factories.type_password(Client(), "ada", "wrong")
    return ada


def test_every_command_of_a_library_is_known() -> None:
    assert stock_commands() - set(KNOWN) == set()


@pytest.mark.parametrize(("name", "args"), [(n, a) for n, a in KNOWN.items() if a is not None])
def test_a_stock_command_changes_nothing_that_is_not_recorded(person: Person, name: str, args: list[str]) -> None:
    before, events = everything(), SecurityEvent.objects.count()

    with contextlib.suppress(CommandError):
        call_command(name, *args, stdout=StringIO(), stderr=StringIO())

    recorded = SecurityEvent.objects.count() - events
    assert (everything() == before) or (name in RECORDED and recorded == 1)


@pytest.mark.parametrize(("name", "args"), REFUSED.items())
def test_a_command_past_the_house_is_refused_with_what_to_do_instead(name: str, args: list[str]) -> None:
    assert get_commands()[name] == "accounts"
    with pytest.raises(CommandError, match=r"\.$"):
        call_command(name, *args)


def test_the_state_of_the_second_factor_is_told_truly(person: Person, ben: Person) -> None:
    out = StringIO()

    call_command("two_factor_status", "ada", "BEN", stdout=out)

    assert out.getvalue().split("\n")[:2] == ["ada: enabled", "ben: disabled"]
    with pytest.raises(CommandError, match="nobody"):
        call_command("two_factor_status", "nobody")
