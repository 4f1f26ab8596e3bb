"""Phones that are set up already, without walking through the pages."""

import pytest

from accounts import models
from accounts.enums import KeyKind
from portal.lib import clock
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone, public_half


def paired(*people: Person, name: str = "Ann's Pixel") -> Phone:
    """Return a phone that holds a Key of each of these people, known to the portal."""
    phone = Phone(name=name)
    row = models.Phone.objects.create(
        name=name,
        public_key=public_half(phone.key),
        version=phone.version,
        created_at=clock.now(),
        last_seen_at=clock.now(),
    )
    phone.reference = row.reference
    for person in people:
        seed = factories.seed_of(f"{row.reference} {person.user.username}")
        key = models.Key.objects.create(
            user=person.user, name=name, kind=KeyKind.PHONE, phone=row, secret=seed, confirmed=True
        )
        phone.seeds[str(key.seal_id)], phone.accounts[str(key.seal_id)] = seed, person.user.username
    return phone


def row_of(phone: Phone) -> models.Phone:
    """Return what the portal holds of a phone."""
    return models.Phone.objects.get(reference=phone.reference)


@pytest.fixture
def pixel(ada: Person, clock: Clock) -> Phone:
    """Ada's phone, with one Key beside the one her log-in has."""
    return paired(ada)
