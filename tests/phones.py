"""Phones that are set up already, without walking through the pages."""

import pytest

from accounts import models
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone, public_half


def paired(*people: Person, name: str = "Ann's Pixel") -> Phone:
    """Return a phone that holds a Key of each of these people, known to the portal."""
    phone = Phone(name=name)
    row = factories.phone(*people, name=name, public_key=public_half(phone.key), version=phone.version)
    phone.reference = row.reference
    for key in row.keys.select_related("user").order_by("pk"):
        phone.seeds[str(key.public_id)], phone.accounts[str(key.public_id)] = key.secret, key.user.username
    return phone


def row_of(phone: Phone) -> models.Phone:
    """Return what the portal holds of a phone."""
    return models.Phone.objects.get(reference=phone.reference)


@pytest.fixture
def pixel(ada: Person, clock: Clock) -> Phone:
    """Ada's phone, with one Key beside the one her log-in has."""
    return paired(ada)
