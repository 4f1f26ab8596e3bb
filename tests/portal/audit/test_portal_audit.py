"""The record shows every change; what it cannot show by itself, a checkpoint does."""

import io
import json
import re
import threading
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from accounts.enums import Action
from portal.audit import export, hash_chain
from portal.audit.models import ChainHead, SecurityEvent
from portal.audit.record import chain_of, record
from portal.lib import db_triggers
from tests import factories
from tests.house.sources import ROOT, read


@pytest.fixture
def chain(ada, mallory, clock) -> Iterator[str]:
    """Five events on ada, two on mallory, one of the house; the triggers are off, as for an intruder."""
    with transaction.atomic():
        for number in range(5):
            record(Action.SIGNED_IN, by=ada.user, on=ada.user, now=clock.move(minutes=1), number=number)
        for _ in range(2):
            record(Action.SIGNED_OUT, by=mallory.user, on=mallory.user, now=clock.now, place="Köln \U0001f3e0")
        record(Action.IMPORTED, by=None, on=None, now=clock.now, customers=2)
    db_triggers.remove()
    yield chain_of(ada.user)
    db_triggers.install()


def faults() -> list[str]:
    return list(hash_chain.faults())


def verify(**options: object) -> str:
    out = io.StringIO()
    call_command("portal_audit", "verify", stdout=out, **options)
    return out.getvalue()


def test_a_record_nobody_touched_is_whole(chain):
    assert verify() == "The record is whole.\n"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "2020-01-01T00:00:00+00:00"),
        ("action", Action.SIGNED_OUT),
        ("actor", None),
        ("source", "f" * 64),
        ("request_id", "other"),
        ("facts", {"number": 9}),
    ],
)
def test_an_edit_is_found_whatever_was_edited(chain, field, value):
    SecurityEvent.objects.filter(chain=chain, n=3).update(**{field: value})

    assert faults() == [f"{chain}: event 3 was altered"]


def test_an_event_given_to_somebody_else_is_found(chain, mallory):
    SecurityEvent.objects.filter(chain=chain, n=5).update(chain=chain_of(mallory.user), n=3)

    assert f"{chain_of(mallory.user)}: event 3 was altered" in faults()


@pytest.mark.parametrize(
    ("n", "sentences"),
    [
        (1, ["event 1 is missing", "event 2 does not follow the one before it"]),
        (3, ["event 3 is missing", "event 4 does not follow the one before it"]),
        (5, ["the record ends at 4, its head says 5"]),
    ],
)
def test_a_deletion_is_found_at_the_start_in_the_middle_and_at_the_end(chain, n, sentences):
    SecurityEvent.objects.filter(chain=chain, n=n).delete()

    assert faults() == [f"{chain}: {sentence}" for sentence in sentences]


def test_a_deletion_with_the_numbers_closed_up_is_found(chain):
    SecurityEvent.objects.filter(chain=chain, n=3).delete()
    SecurityEvent.objects.filter(chain=chain, n=4).update(n=3)
    SecurityEvent.objects.filter(chain=chain, n=5).update(n=4)

    assert f"{chain}: event 3 was altered" in faults()


def test_an_insertion_is_found(chain, clock):
    last = SecurityEvent.objects.get(chain=chain, n=5)
    last.pk, last.n, last.prev, last.digest = None, 6, last.digest, "0" * 64
    last.save()
    ChainHead.objects.filter(chain=chain).update(n=6, digest="0" * 64)

    assert faults() == [f"{chain}: event 6 was altered"]


def test_a_copy_put_in_again_is_found(chain):
    copy = SecurityEvent.objects.get(chain=chain, n=2)
    copy.pk, copy.n = None, 6
    copy.save()

    assert f"{chain}: event 6 was altered" in faults()


def test_a_swap_is_found(chain):
    second = SecurityEvent.objects.filter(chain=chain, n=2)
    second.update(n=99)
    SecurityEvent.objects.filter(chain=chain, n=3).update(n=2)
    SecurityEvent.objects.filter(chain=chain, n=99).update(n=3)

    assert {f"{chain}: event 2 was altered", f"{chain}: event 3 was altered"} <= set(faults())


def test_a_record_rewritten_without_the_key_is_found(chain, settings):
    settings.PORTAL_AUDIT_KEY = "a guess"
    event = SecurityEvent.objects.get(chain=chain, n=5)
    hash_chain.link(event, after=(4, event.prev))
    SecurityEvent.objects.filter(pk=event.pk).update(digest=event.digest)
    settings.PORTAL_AUDIT_KEY = "development-only-audit-key"
    assert f"{chain}: event 5 was altered" in faults()

    SecurityEvent.objects.filter(pk=event.pk).update(key_id=event.key_id)
    assert f"{chain}: event 5 was signed with '{event.key_id}', which is no key of PORTAL_AUDIT_KEY" in faults()


def test_a_lost_head_and_lost_events_are_found(chain):
    SecurityEvent.objects.filter(chain="system").delete()
    ChainHead.objects.filter(chain=chain).delete()

    assert set(faults()) == {f"{chain}: its head is missing", "system: all 1 events are missing"}


def test_the_command_prints_each_fault_and_fails(chain):
    SecurityEvent.objects.filter(chain=chain, n=2).update(request_id="x")
    SecurityEvent.objects.filter(chain=chain, n=4).update(request_id="x")
    out = io.StringIO()

    with pytest.raises(CommandError, match="The record has 2 faults") as failed:
        call_command("portal_audit", "verify", stdout=out)

    assert failed.value.returncode == 1
    assert out.getvalue().splitlines() == [f"{chain}: event 2 was altered", f"{chain}: event 4 was altered"]


@pytest.fixture
def checkpoint(chain, tmp_path):
    path = tmp_path / "checkpoint.json"
    call_command("portal_audit", "export", output=tmp_path / "record.jsonl", checkpoint=path)
    return path


def test_a_chain_deleted_with_its_head_is_caught_by_the_checkpoint(chain, checkpoint):
    SecurityEvent.objects.filter(chain=chain).delete()
    ChainHead.objects.filter(chain=chain).delete()
    assert verify() == "The record is whole.\n"

    with pytest.raises(CommandError, match="1 fault"):
        verify(checkpoint=checkpoint)

    assert [loss.partition(" was")[0] for loss in export.losses(export.read_checkpoint(checkpoint.read_text()))] == [
        f"{chain}: event 5"
    ]


def test_a_chain_cut_together_with_its_head_is_caught_by_the_checkpoint(chain, checkpoint):
    fourth = SecurityEvent.objects.get(chain=chain, n=4)
    SecurityEvent.objects.filter(chain=chain, n=5).delete()
    ChainHead.objects.filter(chain=chain).update(n=4, digest=fourth.digest)
    assert faults() == []

    with pytest.raises(CommandError, match="1 fault"):
        verify(checkpoint=checkpoint)


def test_a_chain_cut_and_grown_again_is_caught_by_the_checkpoint(chain, checkpoint, ada, clock):
    fourth = SecurityEvent.objects.get(chain=chain, n=4)
    SecurityEvent.objects.filter(chain=chain, n=5).delete()
    ChainHead.objects.filter(chain=chain).update(n=4, digest=fourth.digest)
    with transaction.atomic():
        record(Action.SIGNED_OUT, by=ada.user, on=ada.user, now=clock.now)
    assert faults() == []

    losses = list(export.losses(export.read_checkpoint(checkpoint.read_text())))

    assert losses == [f"{chain}: event 5 is not the one that was there on 2026-03-02T12:05:00+00:00"]


def test_a_record_that_has_grown_since_fits_its_checkpoint(chain, checkpoint, ada, clock):
    with transaction.atomic():
        record(Action.SIGNED_OUT, by=ada.user, on=ada.user, now=clock.now)

    assert verify(checkpoint=checkpoint) == "The record is whole.\n"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"digest": 1}', '{"digest": "x", "heads": {}}', "[" * 200_000], ids=lambda text: text[:9]
)
def test_what_is_no_checkpoint_is_refused(chain, tmp_path, text):
    path = tmp_path / "checkpoint.json"
    path.write_text(text)

    with pytest.raises(CommandError, match="cannot be used"):
        verify(checkpoint=path)


def test_an_altered_checkpoint_is_refused(checkpoint):
    body = json.loads(checkpoint.read_text())
    body["heads"].pop("system")
    checkpoint.write_text(json.dumps(body))

    with pytest.raises(CommandError, match="altered, or made under another key"):
        verify(checkpoint=checkpoint)


def test_an_checkpoint_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        verify(checkpoint=tmp_path / "none.json")


def test_the_reference_verifies_an_export_with_nothing_but_the_key(chain, checkpoint, tmp_path, settings):
    page = read(ROOT / "docs" / "reference" / "audit-export.md")
    rooms: dict = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], rooms)
    lines = (tmp_path / "record.jsonl").read_text().splitlines()

    heads = rooms["verify"](lines, settings.PORTAL_AUDIT_KEY)

    assert {chain: list(head) for chain, head in heads.items()} == json.loads(checkpoint.read_text())["heads"]
    assert len(lines) == 8
    with pytest.raises(AssertionError, match="altered"):
        rooms["verify"]([lines[0].replace("2", "3", 1)], settings.PORTAL_AUDIT_KEY)
    with pytest.raises(AssertionError, match="missing"):
        rooms["verify"](lines[2:], settings.PORTAL_AUDIT_KEY)


def test_an_export_to_the_screen_is_the_same(chain, checkpoint, tmp_path):
    out = io.StringIO()
    call_command("portal_audit", "export", stdout=out)

    assert out.getvalue() == (tmp_path / "record.jsonl").read_text()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_the_record_is_read_as_of_one_moment():
    with export.snapshot(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")

        assert cursor.fetchone() == ("repeatable read",)


@pytest.mark.django_db(transaction=True)
def test_verifying_is_not_misled_by_people_who_write_meanwhile(clock):
    ada = factories.customer("ada").user

    def write() -> None:
        try:
            with transaction.atomic():
                record(Action.PAUSED, by=None, on=ada, now=clock.now)
        finally:
            connections.close_all()

    write()
    with export.snapshot():
        found = [*hash_chain.faults()]
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=20)
        assert [*hash_chain.faults()] == found == []
        assert SecurityEvent.objects.filter(subject=ada).count() == 1
    assert SecurityEvent.objects.filter(subject=ada).count() == 2


def test_the_number_of_queries_does_not_grow_with_the_chains(chain, clock, django_assert_num_queries):
    factories.customer("ben")

    with django_assert_num_queries(14):  # of which four are for starts and words, with none there
        assert faults() == []
