"""Queueing: what a kind declares, to each address once, each occasion once."""

import pytest
from django.db import IntegrityError, transaction

from accounts import notice_kinds
from portal.lib import code_alphabet
from portal.outbox import queue
from portal.outbox.kinds import ChannelName, NotDeclared, NoticeKind, declare
from portal.outbox.models import Notice
from tests import factories, notices
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db


def test_a_notice_goes_to_the_address_on_file_or_to_another(ada: Person, clock: Clock):
    first = notices.email(ada.user, now=clock.now)
    second = notices.email(ada.user, now=clock.now, address="former@example.test")

    assert [first.target, second.target] == ["ada@example.test", "former@example.test"]
    assert (first.kind, first.channel, first.state, first.due_at) == ("new_device", "email", "due", clock.now)


@pytest.mark.parametrize(
    "facts",
    [{}, {"at": "now", "reason": "none"}, {"reason": "none"}],
    ids=["missing", "one too many", "another"],
)
def test_facts_are_exactly_those_that_are_declared(ada: Person, clock: Clock, facts: dict[str, str]):
    with pytest.raises(NotDeclared):
        queue.email(ada.user, notice_kinds.SUSPENDED, now=clock.now, **facts)

    assert Notice.objects.count() == 0


def test_what_expires_says_when_and_nothing_else_does(ada: Person, clock: Clock):
    with pytest.raises(NotDeclared):
        queue.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.now, code="123 456")
    with pytest.raises(NotDeclared):
        queue.email(ada.user, notice_kinds.SUSPENDED, now=clock.now, useful_until=clock.now, at=clock.now.isoformat())
    with pytest.raises(NotDeclared):
        queue.push(ada.user, notice_kinds.REQUEST, targets=["phone"], now=clock.now)

    assert Notice.objects.count() == 0


def test_a_kind_travels_only_where_it_is_declared_to(ada: Person, clock: Clock):
    with pytest.raises(NotDeclared):
        queue.email(ada.user, notice_kinds.TEST, now=clock.now, useful_until=clock.now)
    with pytest.raises(NotDeclared):
        queue.push(ada.user, notice_kinds.SUSPENDED, targets=["phone"], now=clock.now)

    assert Notice.objects.count() == 0


@pytest.mark.parametrize("name", ["made_up", "suspended"])
def test_a_kind_that_no_app_declared_is_refused(ada: Person, clock: Clock, name: str):
    made_up = NoticeKind(name, frozenset(), (ChannelName.EMAIL,), expires=False, is_urgent=False)

    with pytest.raises(NotDeclared):
        queue.email(ada.user, made_up, now=clock.now)


def test_two_kinds_of_one_name_cannot_be_declared():
    with pytest.raises(ValueError, match="suspended"):
        declare("suspended", facts={"at"})


def test_an_occasion_is_told_by_e_mail_once(ada: Person, clock: Clock):
    notices.email(ada.user, now=clock.now, dedupe="the occasion")

    with pytest.raises(IntegrityError), transaction.atomic():
        notices.email(ada.user, now=clock.now, dedupe="the occasion")

    assert Notice.objects.count() == 1


def test_an_occasion_is_told_to_each_target_once(ada: Person, clock: Clock):
    until = clock.move(minutes=2)

    for targets in (["one", "two"], ["two", "three"]):
        queue.push(
            ada.user, notice_kinds.REQUEST, targets=targets, now=clock.now, dedupe="the occasion", useful_until=until
        )

    assert sorted(notice.target for notice in Notice.objects.all()) == ["one", "three", "two"]


def test_many_log_ins_of_one_address_get_one_e_mail_that_says_how_many(clock: Clock, django_assert_num_queries):
    people = [factories.customer(name).user for name in ("ada", "ben", "eve")]
    people[2].email = people[0].email

    with django_assert_num_queries(1):
        queue.email_each_address(people, notice_kinds.KEY_ADDED, now=clock.now, key="Phone", at=clock.now.isoformat())

    told = {notice.target: notice.facts["log_ins"] for notice in Notice.objects.all()}
    assert told == {"ada@example.test": 2, "ben@example.test": 1}


def test_a_kind_that_counts_no_log_ins_is_not_told_to_each_address(ada: Person, clock: Clock):
    with pytest.raises(NotDeclared):
        queue.email_each_address([ada.user], notice_kinds.SUSPENDED, now=clock.now, at=clock.now.isoformat())


def test_what_is_told_to_whom_is_not_readable_in_the_table(ada: Person, clock: Clock):
    notice = notices.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.now, code="918 273")
    kept = str(Notice.objects.filter(pk=notice.pk).values_list("target", "facts"))

    assert "ada" not in kept
    assert "918" not in kept


def test_references_are_random_and_easy_to_read_out():
    references = {queue.new_reference("N") for _ in range(100)}

    assert len(references) == 100
    for reference in references:
        letter, *groups = reference.split("-")
        assert letter == "N"
        assert [code_alphabet.is_made_of(group, 4) for group in groups] == [True, True]
