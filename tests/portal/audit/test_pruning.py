"""Old events go, from the beginning of their chain; the rest is verified from a signed start."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.actions import purging
from accounts.enums import Action
from portal.audit import export, hash_chain, pruning
from portal.audit.models import ChainHead, ChainStart, SecurityEvent
from portal.audit.record import record
from portal.lib import db_triggers
from tests import factories
from tests.house.sources import ROOT, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(ada, clock) -> str:
    """Six events of one user, a day apart."""
    for _day in range(6):
        with transaction.atomic():
            record(Action.CODE_USED, by=ada.user, on=ada.user, now=clock.now)
        clock.move(days=1)
    return f"user:{ada.user.pk}"


def places(chain: str) -> list[int]:
    return list(SecurityEvent.objects.filter(chain=chain).order_by("n").values_list("n", flat=True))


def faults() -> list[str]:
    return list(hash_chain.faults())


@pytest.mark.promise("FIRM-5")
def test_the_oldest_events_go_and_the_record_is_whole(chain, clock, settings, monkeypatch):
    monkeypatch.setattr(purging, "BATCH", 2)
    known = export.read_checkpoint(export.checkpoint(now=clock.now))
    clock.move(days=settings.PORTAL_KEEP_RECORD_DAYS - 4, minutes=1)

    call_command("portal_purge")

    assert places(chain) == [4, 5, 6]
    assert faults() == []
    assert list(export.losses(known)) == []


def test_a_chain_can_go_as_a_whole_and_go_on_afterwards(chain, ada, clock, settings):
    clock.move(days=settings.PORTAL_KEEP_RECORD_DAYS, minutes=1)
    list(purging.purge(now=clock.now))
    assert (places(chain), faults()) == ([], [])

    with transaction.atomic():
        record(Action.CODE_USED, by=ada.user, on=ada.user, now=clock.now)

    assert (places(chain), faults()) == ([7], [])


def test_a_chain_in_which_a_clock_was_wrong_once_does_not_hold_up_the_others(chain, ada, clock, settings):
    ben = factories.customer("ben").user
    for on, at in ((ada.user, clock.now + timedelta(days=9999)), (ada.user, clock.now)):
        with transaction.atomic():
            record(Action.CODE_USED, by=None, on=on, now=at)
    with transaction.atomic():
        record(Action.CODE_USED, by=None, on=ben, now=clock.now)
    clock.move(days=settings.PORTAL_KEEP_RECORD_DAYS, minutes=1)

    list(purging.purge(now=clock.now))

    assert (places(chain), places(f"user:{ben.pk}")) == ([7, 8], [])
    assert faults() == []


def test_no_event_goes_without_a_start_and_none_behind_it(chain, clock):
    with pytest.raises(IntegrityError), transaction.atomic():
        SecurityEvent.objects.filter(n=1).delete()

    pruning.prune_some(before=clock.now - timedelta(days=3), limit=100, now=clock.now)

    with pytest.raises(IntegrityError), transaction.atomic():
        SecurityEvent.objects.filter(chain=chain).earliest("n").delete()


def test_a_start_moves_forward_only_and_stays(chain, clock):
    pruning.prune_some(before=clock.now - timedelta(days=3), limit=100, now=clock.now)

    for change in ({"n": 1}, {"chain": "user:0"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChainStart.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainStart.objects.all().delete()


def test_a_start_that_nobody_signed_is_a_fault(chain, clock):
    fifth = SecurityEvent.objects.get(chain=chain, n=5)
    ChainStart.objects.create(chain=chain, n=5, digest=fifth.digest, signed={"start": chain, "n": 5})
    SecurityEvent.objects.filter(chain=chain, n__lte=5).delete()

    assert any("not signed" in fault for fault in faults())
    assert any("missing" in fault for fault in faults())


def test_a_start_signed_for_another_chain_is_a_fault(chain, ada, clock):
    pruning.prune_some(before=clock.now - timedelta(days=3), limit=100, now=clock.now)
    signed = ChainStart.objects.get().signed
    ChainStart.objects.create(chain="system", n=signed["n"], digest=signed["last"], signed=signed)

    assert "system: its start at 3 is not signed by a key of PORTAL_AUDIT_KEY" in faults()


def test_a_checkpoint_tells_a_start_that_hides_another_end(chain, clock):
    known = export.read_checkpoint(export.checkpoint(now=clock.now))
    other = hash_chain.Head(chain, 6, "0" * 64)
    pruning.start_after(other, now=clock.now)

    assert list(export.losses(known)) != []


def test_the_reference_verifies_an_export_of_a_shortened_record(chain, clock, settings):
    pruning.prune_some(before=clock.now - timedelta(days=3), limit=100, now=clock.now)
    rooms: dict = {}
    exec(re.search(r"```python\n(.*?)```", read(ROOT / "docs/reference/audit-export.md"), re.DOTALL)[1], rooms)

    ends = rooms["verify"](list(export.lines()), settings.PORTAL_AUDIT_KEY)

    assert ends[chain] == (6, SecurityEvent.objects.get(chain=chain, n=6).digest)
    with pytest.raises(AssertionError, match="missing"):
        rooms["verify"](list(export.lines())[1:], settings.PORTAL_AUDIT_KEY)


def test_a_chain_that_vanished_behind_its_start_is_a_fault(chain, clock):
    pruning.prune_some(before=clock.now - timedelta(days=3), limit=100, now=clock.now)
    with connection.cursor() as cursor:
        db_triggers.remove()
        cursor.execute("DELETE FROM audit_securityevent")
        cursor.execute("DELETE FROM audit_chainhead")
        db_triggers.install()

    assert faults() == [f"{chain}: its head is missing, and everything after 3"]


def test_a_chain_without_its_head_does_not_stop_the_others(chain, ada, clock):
    ben = factories.customer("ben").user
    with transaction.atomic():
        record(Action.CODE_USED, by=ben, on=ben, now=clock.now)
    ChainHead.objects.filter(chain=chain).delete()

    assert pruning.prune_some(before=clock.now + timedelta(days=1), limit=100, now=clock.now) == 1
    assert [*places(chain)] == [1, 2, 3, 4, 5, 6]
