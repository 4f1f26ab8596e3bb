"""What an event carries: a registered name, the format and key of its digest, and the flow it is a step of."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from accounts.enums import Action
from portal.audit import event_names, hash_chain
from portal.audit.models import SecurityEvent
from portal.audit.record import record, record_each
from portal.lib.client import Origin
from recovery.enums import CaseEvent, OwnerEvent, ResetEvent

pytestmark = pytest.mark.django_db


def test_a_name_that_no_app_registered_is_refused(ada, clock):
    with pytest.raises(event_names.UnknownEvent, match="tried"), transaction.atomic():
        record("tried", by=None, on=ada.user, now=clock.now)

    assert not SecurityEvent.objects.exists()


def test_no_two_apps_record_the_same_name():
    with pytest.raises(ImproperlyConfigured, match="Two apps record"):
        event_names.register(Action)

    assert set(dict(event_names.choices())) == {
        *Action.values,
        *OwnerEvent.values,
        *CaseEvent.values,
        *ResetEvent.values,
        *event_names.RecordEvent.values,
    }


def test_the_words_of_an_event_are_those_of_its_app(ada, clock):
    with transaction.atomic():
        told = [record(name, by=None, on=ada.user, now=clock.now) for name in (Action.PAUSED, OwnerEvent.OPENED)]

    assert [event.get_action_display() for event in told] == [Action.PAUSED.label, OwnerEvent.OPENED.label]


@pytest.mark.parametrize(
    ("origin", "flow", "expected"),
    [
        (None, "enrolment:1", "enrolment:1"),
        (Origin(request_id="7F3K2Q9C"), "enrolment:1", "enrolment:1"),
        (Origin(request_id="7F3K2Q9C"), "", "7F3K2Q9C"),
    ],
)
def test_an_event_belongs_to_the_flow_it_is_given_or_to_its_request(ada, clock, origin, flow, expected):
    with transaction.atomic():
        event = record(Action.PAUSED, by=None, on=ada.user, now=clock.now, origin=origin, flow=flow)

    assert event.flow == expected


def test_events_of_no_request_are_flows_of_their_own(ada, clock):
    with transaction.atomic():
        flows = {record(Action.PAUSED, by=None, on=ada.user, now=clock.now).flow for _ in range(3)}

    assert len(flows) == 3


def test_there_is_no_event_where_nobody_is_concerned(clock):
    with transaction.atomic():
        assert record_each(Action.PAUSED, [], by=None, now=clock.now) == []


def test_an_older_key_still_verifies_and_the_first_one_signs(ada, clock, settings):
    settings.PORTAL_AUDIT_KEY = "the-older-one"
    with transaction.atomic():
        older = record(Action.PAUSED, by=None, on=ada.user, now=clock.now)
    settings.PORTAL_AUDIT_KEY = "the-newer-one, the-older-one"
    with transaction.atomic():
        newer = record(Action.PAUSED, by=None, on=ada.user, now=clock.now)

    assert older.key_id != newer.key_id
    assert list(hash_chain.faults()) == []
    settings.PORTAL_AUDIT_KEY = "the-newer-one"
    assert [fault.partition(" was")[0] for fault in hash_chain.faults()] == [f"user:{ada.user.pk}: event 1"]


@pytest.mark.parametrize("ring", ["", "a,,b", "a,a"])
def test_a_ring_of_keys_that_is_none_is_refused(ada, clock, settings, ring):
    settings.PORTAL_AUDIT_KEY = ring

    with pytest.raises(ImproperlyConfigured, match="PORTAL_AUDIT_KEY"), transaction.atomic():
        record(Action.PAUSED, by=None, on=ada.user, now=clock.now)


def test_every_column_but_id_and_digest_is_covered(ada, clock):
    with transaction.atomic():
        event = record(Action.PAUSED, by=None, on=ada.user, now=clock.now)

    columns = {field.name for field in SecurityEvent._meta.concrete_fields}
    assert set(hash_chain.body_of(event)) == columns - {"id", "digest"}
    assert {"version", "key_id", "flow", "subject"} <= columns
