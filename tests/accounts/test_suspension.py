"""Staff stop a log-in and open it again, by one action that ends, records and tells."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import PlatformSession
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.outbox import delivery
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db


def test_a_hold_ends_everything_and_a_release_lets_in_again(ada: Person, clock: Clock) -> None:
    factories.signed_in(ada)

    call_command("portal_suspend", "Ada", "--reason", "Called us: phone stolen")
    assert not PlatformSession.objects.filter(user=ada.user).exists()
    clock.move(minutes=1)
    assert factories.sign_in(Client(), ada).status_code != 302

    call_command("portal_reinstate", "ada", "--reason", "Came to the office")
    clock.move(minutes=1)
    assert factories.sign_in(Client(), ada).status_code == 302
    events = SecurityEvent.objects.filter(subject=ada.user, action__in=["suspended", "reinstated"]).order_by("n")
    assert [facts["reason"] for facts in sealed_words.facts_of(events).values()] == [
        "Called us: phone stolen",
        "Came to the office",
    ]
    delivery.deliver_due()
    told = Notice.objects.filter(state="sent", kind__in=["suspended", "reinstated"]).order_by("pk")
    assert [notice.kind for notice in told] == ["suspended", "reinstated"]


@pytest.mark.parametrize(("command", "name"), [("portal_reinstate", "ada"), ("portal_suspend", "nobody")])
def test_nothing_to_hold_or_release_is_said(ada: Person, command: str, name: str) -> None:
    with pytest.raises(CommandError, match=name):
        call_command(command, name, "--reason", "x")
