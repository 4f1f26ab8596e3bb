"""What somebody typed is beside the record, which has its digest only."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.actions import suspension
from portal.audit import hash_chain, sealed_words
from portal.audit.event_names import RecordEvent
from portal.audit.models import SealedWords, SecurityEvent
from portal.audit.record import record
from portal.lib.client import Origin

pytestmark = pytest.mark.django_db
SAID = "Called us from her sister's phone"


@pytest.fixture
def event(ada, clock) -> SecurityEvent:
    suspension.suspend(ada.user, reason=SAID, by=None, origin=Origin("203.0.113.7"), now=clock.now)
    return SecurityEvent.objects.get(action="suspended")


def test_the_event_has_a_digest_and_the_words_are_read_beside_it(event):
    assert SAID not in str(event.facts)
    assert sealed_words.facts(event)["reason"] == SAID
    assert list(hash_chain.faults()) == []


def test_the_same_words_have_another_digest_each_time():
    facts = {"reason": sealed_words.Words(SAID)}

    assert sealed_words.seal(facts)[0] != sealed_words.seal(facts)[0]


def test_other_words_are_a_fault(event):
    row = SealedWords.objects.get()
    row.words = "Called us from her own phone"
    row.save()

    assert [fault for fault in hash_chain.faults() if "altered" in fault] != []


def test_words_that_nobody_erased_and_are_gone_are_a_fault(event, ada, clock):
    SealedWords.objects.all().delete()
    with pytest.raises(CommandError, match="1 fault"):
        call_command("portal_audit", "verify")

    with transaction.atomic():
        record(RecordEvent.ERASED, by=None, on=ada.user, now=clock.now)

    assert list(hash_chain.faults()) == []


def test_words_that_come_back_after_the_erasure_are_a_fault(event, ada, clock):
    row = SealedWords.objects.get()
    SealedWords.objects.all().delete()
    with transaction.atomic():
        record(RecordEvent.ERASED, by=None, on=ada.user, now=clock.now)
    assert list(hash_chain.faults()) == []

    SealedWords.objects.bulk_create([row])

    assert [fault for fault in hash_chain.faults() if "was erased" in fault] != []


def test_words_that_go_after_the_erasure_are_a_fault_again(event, ada, clock):
    with transaction.atomic():
        record(RecordEvent.ERASED, by=None, on=ada.user, now=clock.now)
    suspension.reinstate(ada.user, reason=SAID, by=None, origin=None, now=clock.now)

    SealedWords.objects.all().delete()

    assert len(list(hash_chain.faults())) == 1


def test_words_of_an_event_that_has_none_are_a_fault(event):
    SealedWords.objects.update(n=event.n + 7)

    assert len(list(hash_chain.faults())) == 2  # one is missing, one belongs to nothing
