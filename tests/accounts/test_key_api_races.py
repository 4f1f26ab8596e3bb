"""What twenty calls at the same moment may do: as much as one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from tests import factories
from tests.phone import API, Phone, Said
from tests.phones import paired

ROUNDS, AT_ONCE = 20, 20
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Said]) -> list[tuple[int, str]]:
    """Do all of these at the same moment, each on a connection of its own; return status and cause of each."""

    def one(act: Callable[[], Said]) -> tuple[int, str]:
        try:
            said = act()
            return said.status, said.cause
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


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

        answers = at_once(*[send] * AT_ONCE)

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

        answers = at_once(*[renewal(new) for new in news])

        assert answers.count((200, "")) == 1
        assert answers.count((401, "Y3")) + answers.count((429, "T1")) == AT_ONCE - 1
        person.user.key_set.filter(phone__isnull=False).update(confirmed=False)
