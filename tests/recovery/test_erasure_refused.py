"""Who is not erased, or not yet; and what is decided anew at the last moment (FIRM-5)."""

import io

import pytest
from django.core.management import call_command

from accounts.actions.people import closing
from accounts.actions.privacy import erasure
from accounts.models import Customer, User
from tests.factories import Person
from tests.recovery.conftest import ada_with_records, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(clock) -> Person:
    """A customer with everything on file."""
    return ada_with_records("greengage")


def customer(of: Person) -> Customer:
    return Customer.objects.get(pk=of.user.customer_id)


@pytest.mark.promise("FIRM-5")
def test_a_customer_whose_usernames_alone_are_closed_stays(holder, clock, settings):
    closing.close_user(holder.user, now=now())
    clock.move(days=settings.PORTAL_KEEP_CLOSED_DAYS, minutes=1)

    assert erasure.erase_some(now=now(), limit=100) == 0
    with pytest.raises(erasure.NotErasable, match="customer is still open"):
        erasure.erase(erasure.of_customer(customer(holder)), now=now())
    assert customer(holder).birth_date


def test_the_last_username_that_was_closed_counts(holder, clock, settings):
    closing.close_person(customer(holder), now=now())
    clock.move(days=settings.PORTAL_KEEP_CLOSED_DAYS, minutes=1)
    User.objects.filter(pk=holder.user.pk).update(closed_at=now())

    assert erasure.erase_some(now=now(), limit=100) == 0


@pytest.mark.promise("FIRM-5")
def test_a_customer_who_never_had_a_username_is_erased_too(clock, settings):
    alone = Customer.objects.create(number="C-DAMSON", given_name="Tamarind", birth_date="1985-12-10", closed_at=now())
    clock.move(days=settings.PORTAL_KEEP_CLOSED_DAYS, minutes=1)

    assert erasure.erase_some(now=now(), limit=100) == 1
    alone.refresh_from_db()
    assert (alone.given_name, alone.erased_at) == ("", now())


def test_what_a_feed_opened_since_is_seen(holder, clock):
    closing.close_person(customer(holder), now=now())
    chosen = erasure.of_customer(customer(holder))
    closing.reopen_person(customer(holder), now=now())

    with pytest.raises(erasure.NotErasable):
        erasure.erase(chosen, now=now())


def test_a_username_that_was_made_since_is_seen(holder, clock):
    closing.close_person(customer(holder), now=now())
    chosen = erasure.of_customer(customer(holder))
    User.objects.create(username="late", email="late@example.test", customer=customer(holder))

    with pytest.raises(erasure.NotErasable, match="username is still open"):
        erasure.erase(chosen, now=now())


def test_somebody_without_a_username_is_given_their_data(clock, tmp_path):
    Customer.objects.create(number="C-DAMSON", given_name="Tamarind", birth_date="1985-12-10")

    call_command("portal_export_person", "--number", "C-DAMSON", "--output", tmp_path / "x", stdout=io.StringIO())

    assert "Tamarind" in (tmp_path / "x" / "person.json").read_text()
