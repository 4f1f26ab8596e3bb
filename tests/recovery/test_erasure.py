"""A person who has left is erased: nothing personal is left anywhere, and the record is whole (FIRM-5)."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.actions import purging
from accounts.actions.people import closing
from accounts.actions.privacy import erasure, stored_tables
from accounts.actions.staff import leaving
from accounts.models import Customer, Mandate, TradingAccount, User
from portal.audit import export, hash_chain, sealed_words
from portal.audit.models import SealedWords, SecurityEvent
from portal.outbox.models import HookDelivery, HookState
from recovery.actions import timers
from recovery.models import Case, Decision, Evidence, Observation
from tests import factories
from tests.factories import Person
from tests.journeys import walk as stored
from tests.recovery import planted
from tests.recovery.conftest import Walk, ada_with_records, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(clock) -> Person:
    """In the place of Ada, whose case the walk is about: a customer with a mark in every field."""
    names = {"given_name": "Tamarind", "middle_name": "Quincey", "family_name": "Mirabelle", "phone": "+442079460777"}
    return ada_with_records("greengage", **names)


@pytest.fixture
def gone(clock, walk: Walk, holder: Person, agent: Person, settings) -> Person:
    """Tamarind, recovered once, with something in every table, and closed; the firm's books are told of it all."""
    settings.PORTAL_HOOK_URLS = ["books=https://books.example.test/in"]
    walk.username = "greengage"
    walk.opened(origin=planted.ORIGIN).in_review()
    walk.approved(clock, own_check="Checked her damsons myself.").waited(clock).started().opened_grant().completed()
    clock.set(walk.case.until)
    timers.tick(now())
    planted.everything_about(holder, staff=agent)
    return holder


def person(of: Person) -> stored_tables.Person:
    return erasure.of_customer(Customer.objects.get(pk=of.user.customer_id))


@pytest.mark.promise("FIRM-5")
def test_nothing_personal_is_left_of_somebody_who_was_erased_and_the_record_is_whole(gone, clock):
    told = {table.label for table in stored_tables.every() if table.rows and table.rows(person(gone)).exists()}
    assert {mark for mark, _place in planted.left(*planted.MARKS)} >= {
        "Tamarind",
        "greengage",
        "Called about her damsons",
    }
    checkpoint = export.read_checkpoint(export.checkpoint(now=now()))

    call_command("portal_erase_person", "--username", "greengage", "--yes", stdout=io.StringIO())

    left = planted.left(*planted.MARKS, gone.user.username_hash)
    assert left == {(mark, "outbox.HookEvent") for mark in ("greengage", "U-DAMSON")}  # until the firm has heard it
    HookDelivery.objects.update(state=HookState.SENT, sent_at=now())
    dict(purging.purge(now=clock.move(days=31)))
    assert planted.left(*planted.MARKS, gone.user.username_hash) == set()
    assert told >= {"accounts.Key", "accounts.NetworkRequest", "recovery.Claim", "outbox.Notice", "audit.SealedWords"}
    assert list(hash_chain.faults()) == []
    assert list(export.losses(checkpoint)) == []
    user = User.objects.get(pk=gone.user.pk)
    assert (user.email, user.erased_at is not None, user.has_usable_password()) == ("", True, False)
    assert not TradingAccount.objects.exists()


def test_the_planted_customer_has_something_in_every_table_about_people(gone):
    empty = {table.label for table in stored_tables.every() if table.rows and not table.rows(person(gone)).exists()}

    of_staff = {"accounts.Employee", "accounts.StaffInvitation", "accounts.RoleChange"}
    assert empty == {*of_staff, "recovery.Flag"}


@pytest.mark.promise("FIRM-5")
def test_what_typed_words_said_is_gone_and_its_digest_stays(gone, clock):
    event = SecurityEvent.objects.get(subject=gone.user, action="suspended")
    digest = event.facts["reason"]

    erasure.erase(person(gone), now=now())

    event.refresh_from_db()
    assert event.facts["reason"] == digest
    assert sealed_words.facts(event)["reason"] == ""
    assert not SealedWords.objects.exists()
    assert Decision.objects.get().outcome == "approved"


def test_without_yes_it_only_says_what_would_go(gone):
    before, said = stored.every_row(), io.StringIO()

    call_command("portal_erase_person", "--number", Customer.objects.get().number, stdout=said)

    assert stored.every_row() == before
    assert " accounts.Key" in said.getvalue()


def test_yes_is_offered_only_where_nothing_is_in_the_way(gone):
    said = []
    for closed_at in (now(), None):
        User.objects.filter(pk=gone.user.pk).update(closed_at=closed_at)
        out = io.StringIO()
        call_command("portal_erase_person", "--username", "greengage", stdout=out)
        said.append("--yes" in out.getvalue())

    assert said == [True, False]


def test_nobody_is_erased_while_a_username_is_open_or_twice(gone, clock):
    User.objects.filter(pk=gone.user.pk).update(closed_at=None)
    with pytest.raises(CommandError, match="still open"):
        call_command("portal_erase_person", "--username", "greengage", "--yes")
    assert Customer.objects.get().given_name == "Tamarind"

    User.objects.filter(pk=gone.user.pk).update(closed_at=now())
    chosen = person(gone)
    erasure.erase(chosen, now=now())
    with pytest.raises(erasure.NotErasable, match="already"):
        erasure.erase(person(gone), now=now())


def test_nobody_is_erased_while_a_case_is_open(clock, walk, holder):
    walk.username = "greengage"
    walk.opened()
    closing.close_person(Customer.objects.get(), now=now())

    with pytest.raises(erasure.NotErasable, match="recovery"):
        erasure.erase(person(holder), now=now())

    assert Customer.objects.get().given_name == "Tamarind"


def test_an_account_that_somebody_else_may_act_on_stays_with_them(clock, holder):
    ben = factories.customer("ben")
    shared = holder.user.mandates.get().account
    Mandate.objects.create(user=ben.user, account=shared, role="owner")
    closing.close_person(Customer.objects.get(pk=holder.user.customer_id), now=now())

    erasure.erase(person(holder), now=now())

    assert list(shared.mandates.values_list("user__username", flat=True)) == ["ben"]
    assert shared.activity.count() == 2


def test_a_phone_with_the_key_of_somebody_else_stays_for_them(clock, holder):
    ben = factories.customer("ben")
    phone = factories.phone(holder, ben)
    closing.close_person(Customer.objects.get(pk=holder.user.customer_id), now=now())

    erasure.erase(person(holder), now=now())

    assert [key.user for key in phone.keys.all()] == [ben.user]


def test_a_colleague_who_left_is_erased_and_what_they_did_stays(clock, lee, kim):
    leaving.leave(user=lee.user, reason="Lee retired to Damsonford", by=None, origin=None, now=now())

    call_command("portal_erase_person", "--username", "lee", "--yes", stdout=io.StringIO())

    assert planted.left("lee@example.test", "Damsonford", "'lee'") == set()
    assert User.objects.get(pk=lee.user.pk).erased_at
    assert SecurityEvent.objects.filter(subject=lee.user, action="staff_left").exists()
    assert list(hash_chain.faults()) == []


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Evidence, {"answer_digest": ""}),
        (Observation, {"call_reference": ""}),
        (Decision, {"reason": ""}),
        (Case, {"username_hash": "0" * 64}),
    ],
)
def test_nothing_is_blanked_about_somebody_who_was_not_erased(gone, model, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**changes)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Evidence, {"points": 99}),
        (Evidence, {"latency_ms": 71}),
        (Evidence, {"answer_digest": "0" * 64}),
        (Observation, {"codes": ["nervous"]}),
        (Decision, {"outcome": "refused"}),
        (Decision, {"reason": "They never called."}),
        (Decision, {"possession_count": 9}),
        (Decision, {"opened_at": None}),
        (User, {"erased_at": None}),
        (User, {"closed_at": None}),
    ],
)
def test_what_was_found_and_decided_stays_as_it_was_when_somebody_is_erased(gone, model, changes):
    erasure.erase(person(gone), now=now())

    rows = model.objects.filter(erased_at__isnull=False) if model is User else model.objects
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**changes)


@pytest.mark.promise("FIRM-5")
def test_people_who_were_closed_for_long_are_erased_by_purging(gone, clock, settings):
    clock.move(days=settings.PORTAL_KEEP_CLOSED_DAYS)
    purged = dict(purging.purge(now=now()))
    assert purged["people closed for long"] == 0

    clock.move(minutes=1)
    assert dict(purging.count(now=now()))["people closed for long"] == 1
    assert dict(purging.purge(now=now()))["people closed for long"] == 1
    assert Customer.objects.get().given_name == ""
    assert dict(purging.purge(now=now()))["people closed for long"] == 0
    assert list(hash_chain.faults()) == []


def test_one_whose_case_is_open_does_not_stop_the_others(clock, walk, holder, settings):
    walk.username = "greengage"
    walk.opened()
    ben = factories.customer("ben")
    for one in (holder, ben):
        closing.close_person(Customer.objects.get(pk=one.user.customer_id), now=now())
    clock.move(days=settings.PORTAL_KEEP_CLOSED_DAYS, minutes=1)

    assert erasure.erase_some(now=now(), limit=100) == 1
    assert Customer.objects.get(pk=ben.user.customer_id).erased_at
