"""What twenty calls at the same moment may do: as much as one."""

import functools
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actions.sign_in import push_approval
from accounts.models import Enrolment
from accounts.models import Phone as Row
from portal.audit.models import SecurityEvent
from portal.lib import client, clock
from portal.throttle.models import Throttle
from tests import factories
from tests.phone import API, Phone, Said
from tests.phones import paired
from tests.races import AT_ONCE, ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def answers_at_once(*acts: Callable[[], Said]) -> list[tuple[int, str]]:
    """Do all of these at the same moment; return status and cause of each."""
    return [(said.status, said.cause) for said in at_once(*acts)]


def sender(phone: Phone, path: str, raw: bytes) -> Callable[[], Said]:
    """Return the sending of one signed call, however often, each time from another client."""
    headers = phone.headers("POST", path, raw)

    def send() -> Said:
        answer = Client().generic("POST", path, raw, content_type="application/json", headers=headers)
        return Said(answer.status_code, answer.json())

    return send


def test_one_call_sent_twenty_times_counts_once() -> None:
    phone = paired(factories.customer("nonce"))
    for number in range(ROUNDS):
        send = sender(phone, API + "rename/", b'{"name": "Phone %d"}' % number)

        answers = answers_at_once(*[send] * AT_ONCE)

        assert answers.count((200, "")) == 1
        assert answers.count((409, "Y4")) == AT_ONCE - 1


def test_of_twenty_new_signing_keys_one_takes_the_old_ones_place() -> None:
    from tests.phone import new_key, public_half, signature

    person = factories.customer("rotor")
    for _ in range(ROUNDS // 4):
        phone = paired(person)
        news = [new_key() for _ in range(AT_ONCE)]

        def renewal(new: object, phone: Phone = phone) -> Callable[[], Said]:
            text = f"gatehouse-key-rotate-v1\n{phone.reference}\n{public_half(new)}"
            raw = b'{"public_key": "%s", "proof": "%s"}' % (public_half(new).encode(), signature(new, text).encode())
            return sender(phone, API + "rotate/", raw)

        answers = answers_at_once(*[renewal(new) for new in news])

        assert answers.count((200, "")) == 1
        assert answers.count((401, "Y3")) + answers.count((429, "T1")) == AT_ONCE - 1
        person.user.key_set.filter(phone__isnull=False).update(confirmed=False)


def test_a_pairing_code_lets_in_one_of_twenty_phones() -> None:
    old = paired(factories.customer("mover"))
    for _ in range(ROUNDS):
        phones, code = [Phone() for _ in range(AT_ONCE)], old.transfer()["code"]

        answers = answers_at_once(*[functools.partial(phone.pair, code) for phone in phones])

        assert answers.count((200, "")) == 1
        assert set(answers) <= {(200, ""), (404, "Y6"), (429, "T1")}
        assert Enrolment.objects.get(state="claimed").phone.reference in [phone.reference for phone in phones]
        assert Row.objects.exclude(reference=old.reference).count() == 1
        Enrolment.objects.all().delete()
        Row.objects.exclude(reference=old.reference).delete()
        Throttle.objects.all().delete()


def test_a_move_happens_once_however_often_it_is_proved() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"proved{number}")
        old, new = paired(person), Phone()
        new.pair(old.transfer()["code"])
        old.match()
        new.confirm()

        answers = answers_at_once(*[new.prove] * AT_ONCE)

        assert answers.count((200, "")) == 1
        assert set(answers) <= {(200, ""), (409, "Y7"), (429, "T1")}
        assert person.user.key_set.filter(confirmed=True, phone__isnull=False).count() == 1
        assert SecurityEvent.objects.filter(subject=person.user, action="key_moved").count() == 1


def test_of_an_approval_and_a_denial_at_the_same_moment_one_counts() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"both{number}")
        phone, user = paired(person), person.user
        pending = factories.pending(user, at=clock.now())
        asked = push_approval.ask(pending=pending, origin=client.Origin(), now=clock.now())
        (request,) = phone.requests()["requests"]

        answers = answers_at_once(
            *[functools.partial(phone.approve, request, asked.number)] * (AT_ONCE // 2),
            *[functools.partial(phone.deny, request, "cancelled")] * (AT_ONCE // 2),
        )

        assert answers.count((200, "")) == 1
        assert answers.count((409, "N5")) == AT_ONCE - 1
