"""Requests to approve under twenty at once: one answer, one session, and no more requests than allowed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.enums import RequestState
from accounts.models import PlatformSession, PushChallenge
from portal.audit.models import SecurityEvent
from tests import factories
from tests.accounts.test_sign_in_approval import approve, newest, number_on, press, start
from tests.phones import paired

ROUNDS, AT_ONCE = 20, 20
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(act: Callable[[int], object]) -> list[object]:
    """Do it twenty times at the same moment, each on a connection of its own."""

    def alone(number: int) -> object:
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(alone, range(AT_ONCE)))


@pytest.mark.promise("KEY-2")
def test_twenty_uses_of_one_approval_open_one_session() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"user{number}")
        phone, clients = paired(person), [Client() for _ in range(AT_ONCE)]
        approve(phone, start(clients[0], person))
        for client in clients[1:]:
            client.cookies["pending"] = clients[0].cookies["pending"].value

        answers = at_once(lambda which, clients=clients: press(clients[which], "approved").status_code)

        assert sorted(answers) == [200] * (AT_ONCE - 1) + [302]
        assert PlatformSession.objects.filter(user=person.user).count() == 1
        assert SecurityEvent.objects.filter(subject=person.user, action="signed_in").count() == 1


@pytest.mark.promise("KEY-2")
def test_of_twenty_answers_to_one_request_one_counts() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"answerer{number}")
        phone, digits = paired(person), number_on(start(Client(), person))
        request = newest(phone)

        def decide(which: int, phone: object = phone, request: dict = request, digits: str = digits) -> int:
            return (phone.deny(request) if which % 2 else phone.approve(request, digits)).status

        answers = at_once(decide)

        assert sorted(answers) == [200] + [409] * (AT_ONCE - 1)
        events = SecurityEvent.objects.filter(subject=person.user, action__in=["request_approved", "request_denied"])
        assert events.count() == 1
        assert f"request_{PushChallenge.objects.get(user=person.user).state}" == events.get().action


@pytest.mark.promise("KEY-2")
def test_of_twenty_wrong_numbers_at_once_three_are_looked_at() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"guesser{number}")
        phone, wrong = paired(person), f"{(int(number_on(start(Client(), person))) + 1) % 100:02}"
        request = newest(phone)

        causes = at_once(lambda _, phone=phone, request=request, wrong=wrong: phone.approve(request, wrong).cause)

        assert sorted(causes) == ["N4"] * 2 + ["N5"] * (AT_ONCE - 2)
        assert PushChallenge.objects.get(user=person.user).state == RequestState.FAILED


@pytest.mark.promise("KEY-2")
def test_twenty_sign_ins_at_once_send_three_requests() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"asker{number}")
        paired(person)

        at_once(lambda _, person=person: start(Client(), person).status_code)

        assert PushChallenge.objects.filter(user=person.user).count() == settings.PORTAL_PUSH_PER_10_MIN
