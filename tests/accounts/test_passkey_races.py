"""One answer of a passkey sent twenty times at once."""

import json
from functools import partial

import pytest
from django.test import Client

from accounts.actions.authenticators import passkeys
from accounts.models import Passkey, PlatformSession
from portal.lib import client as clients
from portal.lib import clock
from portal.throttle.models import Throttle
from tests import factories
from tests.accounts.passkey_work import authenticator, send
from tests.authenticator import Authenticator
from tests.factories import Person
from tests.races import AT_ONCE, ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ORIGIN = clients.Origin("203.0.113.7", "Chrome on Windows", "ABCDEFGH")


def with_passkey(username: str) -> tuple[Person, Authenticator]:
    Throttle.objects.all().delete()  # all come from one address
    person, device = factories.customer(username), authenticator(count=5)
    challenge = passkeys.new_challenge()
    made = device.make(passkeys.registration_options(person.user, challenge=challenge))
    passkeys.register(
        user=person.user,
        answer=json.dumps(made),
        challenge=challenge,
        name="Laptop",
        by=person.user,
        origin=ORIGIN,
        now=clock.now(),
    )
    return person, device


@pytest.mark.promise("SIGN-9")
def test_twenty_parallel_uses_of_one_answer_open_one_session_and_end_no_passkey() -> None:
    for number in range(ROUNDS):
        person, device = with_passkey(f"racer{number}")
        first = Client()
        answer = device.sign(first.post("/login/passkey/options/").json())
        browsers = [Client() for _ in range(AT_ONCE)]
        for browser in browsers:
            browser.cookies.load({name: morsel.value for name, morsel in first.cookies.items()})

        answers = at_once(*[partial(send, browser, answer) for browser in browsers])

        assert sorted(said.status_code for said in answers) == [200] + [403] * (AT_ONCE - 1)
        assert PlatformSession.objects.filter(user=person.user).count() == 1
        assert Passkey.objects.get(user=person.user).confirmed


@pytest.mark.promise("SIGN-9")
def test_two_copies_of_a_passkey_that_answer_at_once_open_one_session_at_most() -> None:
    for number in range(ROUNDS):
        person, device = with_passkey(f"copied{number}")
        browsers, answers = [Client() for _ in range(8)], []
        for browser in browsers:
            device.count = 5  # each copy counts for itself
            answers.append(device.sign(browser.post("/login/passkey/options/").json()))

        answers = at_once(*[partial(send, *pair) for pair in zip(browsers, answers, strict=True)])

        assert sorted(said.status_code for said in answers) == [200] + [403] * 7
        assert not PlatformSession.objects.filter(user=person.user).exists()
        assert not Passkey.objects.get(user=person.user).confirmed
