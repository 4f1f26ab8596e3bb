"""Walking through the pages that set up a Key."""

import re
from html import unescape

from django.test import Client
from django.urls import reverse

from tests import factories
from tests.accounts.enrolment_walk import mailed_code
from tests.factories import Person
from tests.phone import Phone


def with_password(person: Person) -> Client:
    """Return a browser in which this person, who has no Key, has just typed the right password."""
    client = Client()
    answer = factories.type_password(client, person.user.username, person.password, realm=str(person.user.realm))
    assert answer.url.partition("?")[0] == reverse("accounts:key-setup")
    return client


def post(client: Client, page: str, **fields: object) -> object:
    return client.post(address(client, page), fields)


def get(client: Client, page: str) -> object:
    return client.get(address(client, page))


def address(client: Client, page: str) -> str:
    """Return the address of a page; the first one needs to know which sign-in led there."""
    query = getattr(client, "sign_in_page", "").partition("?")[2] if not page else ""
    return reverse(f"accounts:key-setup{page}") + (f"?{query}" if query else "")


def text(answer: object) -> str:
    return unescape(answer.content.decode())


def birth(person: Person) -> dict[str, str]:
    """Return the details on file of the people of the tests."""
    number = person.user.mandates.first().account.number
    return {"day": "10", "month": "12", "year": "1985", "detail": number}


def to_the_phone(client: Client, person: Person, *, is_first: bool = True, **also: object) -> str:
    """Walk to the pairing page; return the pairing code on it."""
    post(client, "", begin="yes", **also)
    answer = post(client, "-code", code=mailed_code(person.user))
    if is_first:
        answer = post(client, "-details", **birth(person))
    assert answer.url == reverse("accounts:key-setup-pair")
    return re.search(r"<code data-copy-text>([0-9A-Z]{4}-[0-9A-Z]{4})<", text(client.get(answer.url)))[1]


def paired(client: Client, code: str, phone: Phone | None = None) -> Phone:
    """Let a phone come, find the numbers equal, and let it fetch its seeds."""
    phone = phone or Phone(name="Ben's Pixel")
    assert phone.pair(code).status == 200
    assert " ".join(phone.number) in text(get(client, "-pair"))
    post(client, "-match")
    assert phone.confirm().status == 200
    return phone
