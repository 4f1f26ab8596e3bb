"""The customer reads one line for each thing that happened, not for each step of it."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.html import escape

from accounts.enums import Action
from accounts.models import Key
from portal.audit.record import record
from portal.home import activity
from portal.lib import clock as portal_clock
from recovery.enums import OwnerEvent
from tests.factories import signed_in

pytestmark = pytest.mark.django_db


def texts(person, limit=20):
    events = activity.events_of(person.user, now=portal_clock.now())[:limit]
    return [line.text for line in activity.lines_of(person.user, events)]


@pytest.fixture
def happened(ada, clock):
    def happen(*names, flow="", **facts):
        with transaction.atomic():
            for name in names:
                record(name, by=ada.user, on=ada.user, now=clock.now, flow=flow, **facts)

    return happen


SET_UP = (Action.ENROLMENT_STARTED, Action.CODE_SENT, Action.CODE_ACCEPTED, Action.PHONE_PAIRED, Action.PHONE_MATCHED)


def test_setting_up_a_key_is_one_line_with_its_name(ada, happened):
    key = Key.objects.get(user=ada.user)
    happened(*SET_UP, flow="enrolment:1")
    assert texts(ada) == [Action.PHONE_MATCHED.label]

    happened(Action.KEY_ENROLLED, flow="enrolment:1", key=key.pk)

    assert texts(ada) == [f"Key added: {key.name}"]
    assert escape(f"Key added: {key.name}") in signed_in(ada).get(reverse("home:security")).content.decode()


def test_an_approved_sign_in_is_one_line_and_a_refused_one_says_so(ada, happened):
    happened(Action.REQUEST_SENT, Action.REQUEST_APPROVED, Action.SIGNED_IN, flow="push:a")
    happened(Action.REQUEST_SENT, Action.REQUEST_DENIED, Action.REPORTED, flow="push:b")
    happened(Action.REQUEST_SENT, flow="push:c")

    assert texts(ada) == [
        Action.REQUEST_SENT.label,
        Action.REPORTED.label,
        Action.REQUEST_DENIED.label,
        Action.SIGNED_IN.label,
    ]


def test_what_decides_is_never_left_out(ada, happened):
    happened(Action.PASSWORD_SET, Action.KEYS_ENDED, Action.KEY_ENROLLED, flow="7F3K2Q9C")
    happened(OwnerEvent.OPENED, OwnerEvent.CHECKED, OwnerEvent.REVIEW, OwnerEvent.APPROVED, flow="case:C-1")

    assert texts(ada) == [
        OwnerEvent.APPROVED.label,
        OwnerEvent.OPENED.label,
        Action.KEY_ENROLLED.label,
        Action.KEYS_ENDED.label,
        Action.PASSWORD_SET.label,
    ]


def test_the_flow_of_somebody_else_changes_nothing(ada, mallory, happened, clock):
    happened(Action.PHONE_PAIRED, flow="enrolment:1")
    with transaction.atomic():
        for _ in range(2):
            record(Action.KEY_ENROLLED, by=None, on=mallory.user, now=clock.now, flow="enrolment:1")

    assert texts(ada) == [Action.PHONE_PAIRED.label]


def test_the_list_takes_four_statements_however_long_it_is(ada, happened, django_assert_num_queries):
    happened(*[Action.SIGNED_OUT] * 9)

    with django_assert_num_queries(4):
        assert len(texts(ada, limit=5)) == 5
