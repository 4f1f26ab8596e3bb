"""Old cases are deleted whole; a signed start stays where the end of their record was."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from accounts.actions import purging
from portal.audit import export, hash_chain
from portal.audit.models import ChainStart, SealedWords
from portal.outbox.models import Notice
from recovery import models
from recovery.actions import privacy_tables, timers
from recovery.enums import FlagKind, Severity
from recovery.models import Case, Flag
from tests.recovery.conftest import now

pytestmark = pytest.mark.django_db
PARTS = [getattr(models, name) for name in models.__all__ if name not in {"Policy", "PasswordReset"}]


@pytest.fixture
def over(clock, walk):
    """A case that came to its end, with something in every table."""
    walk.ready(clock).started().opened_grant().completed()
    Flag.objects.create(case=walk.case, kind=FlagKind.COMPETING, severity=Severity.AMBER, at=now())
    clock.set(walk.case.until)
    timers.tick(now())
    assert [model.__name__ for model in PARTS if not model.objects.exists()] == []
    return walk


@pytest.mark.promise("FIRM-5")
def test_an_old_case_goes_with_everything_in_it_and_the_record_is_whole(over, clock, settings):
    known = export.read_checkpoint(export.checkpoint(now=now()))
    clock.move(days=settings.PORTAL_KEEP_CASES_DAYS)
    assert dict(purging.purge(now=now()))["cases"] == 0
    clock.move(minutes=1)

    assert dict(purging.purge(now=now()))["cases"] == 1

    assert {model.__name__: model.objects.count() for model in PARTS} == dict.fromkeys(
        (model.__name__ for model in PARTS), 0
    )
    assert list(hash_chain.faults()) == []
    assert list(export.losses(known)) == []
    assert not SealedWords.objects.filter(chain__startswith="case:").exists()


@pytest.mark.parametrize(
    "model", [model for model in PARTS if model is not models.PlanItem], ids=lambda model: model.__name__
)
def test_no_row_of_a_case_goes_before_its_record_was_shortened(over, model: type[Model]):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk)._raw_delete("default")


def test_a_case_that_vanished_with_a_start_that_nobody_signed_is_a_fault(over):
    case = Case.objects.get()
    chain = f"case:{case.number}"
    ChainStart.objects.create(chain=chain, n=case.event_n, digest=case.head, signed={})
    privacy_tables.delete_rows(case)

    assert any(fault.startswith(chain) for fault in hash_chain.faults())


def test_messages_to_which_no_case_refers_any_more_go_too(over, clock, settings):
    Notice.objects.filter(sent_at=None).update(state="dead")
    clock.move(days=settings.PORTAL_KEEP_RECORD_DAYS, minutes=1)
    list(purging.purge(now=now()))
    list(purging.purge(now=now()))

    assert not Notice.objects.exists()
    assert list(hash_chain.faults()) == []


def test_the_lines_of_an_export_begin_with_the_starts(over, clock, settings):
    clock.move(days=settings.PORTAL_KEEP_CASES_DAYS, minutes=1)
    list(purging.purge(now=now()))

    first = json.loads(next(export.lines()))

    assert first["start"] == ChainStart.objects.get(chain__startswith="case").chain
    assert hash_chain.is_signed(first)
