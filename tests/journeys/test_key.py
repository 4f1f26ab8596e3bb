"""The life of a Key, from the first password to a lost phone, through the portal's pages and the phone's API."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PlatformSession
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.enrolment_pages import paired, post, to_the_phone
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired as holding

pytestmark = pytest.mark.django_db


def sign_in_by_approval(person: Person, phone: Phone) -> Client:
    """Type the password, answer on the phone with the number on the page, and go on there."""
    client = Client()
    page = factories.type_password(client, person.user.username, person.password).content.decode()
    number = re.search(r'match-number"><span aria-hidden="true">(\d\d)<', page)[1]
    newest = phone.requests()["requests"][0]
    assert phone.approve(newest, number).status == 200
    factories.press(client, approved="yes")
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.promise("KEY-1", "KEY-2", "KEY-5", "KEY-8", "SIGN-7")
def test_a_key_is_set_up_approves_moves_and_dies(ben: Person, clock: Clock):
    browser, first, second = Client(), Phone(name="First phone"), Phone(name="Second phone")

    answer = factories.type_password(browser, "ben", ben.password)
    assert answer.url.startswith(reverse("accounts:key-setup"))
    paired(browser, to_the_phone(browser, ben), first)
    post(browser, "-pair", code=first.code())
    assert not is_in(browser)  # setting up opens nothing

    clock.move(minutes=1)
    assert is_in(sign_in_by_approval(ben, first))
    clock.move(minutes=1)
    assert factories.sign_in(Client(), ben, code=first.code()).status_code == 302  # no network needed

    clock.move(minutes=15)
    code = first.code()
    second.pair(first.transfer()["code"])
    first.match()
    second.confirm()
    assert second.prove().status == 200
    assert first.requests()["reason"] == "moved"

    clock.move(minutes=1)
    assert factories.sign_in(Client(), ben, code=code).status_code == 200  # the old seed is worth nothing
    client = sign_in_by_approval(ben, second)
    assert is_in(client)

    second.remove()
    assert second.requests()["reason"] == "turned_off"
    assert not PlatformSession.objects.filter(user=ben.user, key__confirmed=True).exists()
    assert Notice.objects.filter(user=ben.user, kind__startswith="key_").count() >= 3


@pytest.mark.promise("KEY-9")
def test_one_phone_serves_many_log_ins_and_each_approval_opens_its_own(ada: Person, ada_on_paper: Person, clock: Clock):
    phone = holding(ada, ada_on_paper)
    numbers, clients = {}, {"ada": Client(), "ada-paper": Client()}
    for person in (ada, ada_on_paper):
        client = clients[person.user.username]
        realm = {"realm": person.user.realm}
        page = factories.type_password(client, person.user.username, person.password, **realm).content.decode()
        numbers[person.user.username] = re.search(r'match-number"><span aria-hidden="true">(\d\d)<', page)[1]
    request = next(item for item in phone.requests()["requests"] if item["realm"] == "paper")

    assert phone.approve(request, numbers["ada-paper"]).status == 200
    for client in clients.values():
        factories.press(client, approved="yes")

    assert (is_in(clients["ada"]), is_in(clients["ada-paper"])) == (False, True)
