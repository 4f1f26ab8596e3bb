"""What many requests at the same moment may do: exactly as much as one after the other."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import PlatformSession
from portal.audit.models import SecurityEvent
from tests import factories
from tests.races import AT_ONCE, ROUNDS, at_once

PER_PROCESS = 30
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    there = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{there['NAME']}"
    return f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"


@pytest.fixture
def racers() -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes on the database of this test."""
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-m", "tests.racer"]
    root = Path(settings.BASE_DIR)
    started = [
        subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    yield started
    for process in started:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


@pytest.mark.promise("LOCK-1")
def test_sixty_parallel_guesses_in_two_processes_get_five_evaluations(racers: list[subprocess.Popen[str]]) -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"racer{number}")
        for index, process in enumerate(racers):
            guesses = [f"wrong-{index}-{guess}" for guess in range(PER_PROCESS)]
            print(json.dumps({"username": person.user.username, "passwords": guesses}), file=process.stdin, flush=True)

        answers = [json.loads(process.stdout.readline()) for process in racers]

        assert sum(answer["evaluated"] for answer in answers) == settings.PORTAL_FAILURE_LIMIT
        statuses = [status for answer in answers for status in answer["statuses"]]
        assert set(statuses) == {200, 429}
        assert statuses.count(200) == settings.PORTAL_FAILURE_LIMIT - 1
        assert factories.sign_in(Client(), person).status_code == 429


@pytest.mark.promise("LOCK-1")
def test_the_right_password_at_position_eight_is_refused() -> None:
    person = factories.customer("eighth")
    client = Client()

    for guess in range(7):
        factories.sign_in(client, person, password=f"wrong-{guess}")
    answer = factories.sign_in(client, person)

    assert answer.status_code == 429


@pytest.mark.promise("KEY-1")
def test_twenty_parallel_uses_of_one_code_open_one_session() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"coder{number}")
        clients = [Client() for _ in range(AT_ONCE)]
        for client in clients:
            factories.type_password(client, person.user.username, person.password)

        code = person.code()
        answers = at_once(*[partial(factories.type_code, client, code) for client in clients])

        statuses = [answer.status_code for answer in answers]
        assert statuses.count(302) == 1
        assert set(statuses) <= {302, 200, 429}
        assert PlatformSession.objects.filter(user=person.user).count() == 1
        assert SecurityEvent.objects.filter(subject=person.user, action="signed_in").count() == 1
