"""Requests to approve under twenty at once: one answer, one session, and no more requests than allowed."""

from functools import partial

import pytest
from django.conf import settings
from django.test import Client

from accounts.enums import RequestState
from accounts.models import PlatformSession, PushChallenge
from portal.audit.models import SecurityEvent
from tests import factories
from tests.accounts.test_sign_in_approval import approve, newest, number_on, press, start
from tests.phones import paired
from tests.races import AT_ONCE, ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.promise("KEY-2")
def test_twenty_uses_of_one_approval_open_one_session() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"user{number}")
        phone, clients = paired(person), [Client() for _ in range(AT_ONCE)]
        approve(phone, start(clients[0], person))
        for client in clients[1:]:
            factories.copy_sign_in(clients[0], client)

        answers = at_once(*[partial(press, client, "approved") for client in clients])

        assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [302]
        assert PlatformSession.objects.filter(user=person.user).count() == 1
        assert SecurityEvent.objects.filter(subject=person.user, action="signed_in").count() == 1


@pytest.mark.promise("KEY-2")
def test_of_twenty_answers_to_one_request_one_counts() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"answerer{number}")
        phone, digits = paired(person), number_on(start(Client(), person))
        request = newest(phone)

        decisions = [partial(phone.deny, request), partial(phone.approve, request, digits)]

        answers = at_once(*decisions * (AT_ONCE // 2))

        assert sorted(said.status for said in answers) == [200] + [409] * (AT_ONCE - 1)
        events = SecurityEvent.objects.filter(subject=person.user, action__in=["request_approved", "request_denied"])
        assert events.count() == 1
        assert f"request_{PushChallenge.objects.get(user=person.user).state}" == events.get().action


@pytest.mark.promise("KEY-2")
def test_of_twenty_wrong_numbers_at_once_three_are_looked_at() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"guesser{number}")
        phone, wrong = paired(person), f"{(int(number_on(start(Client(), person))) + 1) % 100:02}"
        request = newest(phone)

        answers = at_once(*[partial(phone.approve, request, wrong)] * AT_ONCE)

        assert sorted(said.cause for said in answers) == ["N4"] * 2 + ["N5"] * (AT_ONCE - 2)
        assert PushChallenge.objects.get(user=person.user).state == RequestState.FAILED


@pytest.mark.promise("KEY-2")
def test_twenty_sign_ins_at_once_send_three_requests() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"asker{number}")
        paired(person)

        at_once(*[partial(start, Client(), person) for _ in range(AT_ONCE)])

        assert PushChallenge.objects.filter(user=person.user).count() == settings.PORTAL_PUSH_PER_10_MIN
