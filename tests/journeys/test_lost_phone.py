"""The whole story of a lost phone: in with a code from paper, everything on the phone off, and safe again."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Key, Phone, PlatformSession
from portal.audit.models import SecurityEvent
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, marks


def type_backup_code(client: Client, person: Person, code: str) -> object:
    factories.type_password(client, person.user.username, person.password)
    answer = factories.press(client, otp_token="", backup_code=code)
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


@pytest.mark.django_db
@pytest.mark.promise("KEY-8")
@pytest.mark.promise("KEY-13")
def test_a_customer_whose_only_phone_is_lost_helps_herself(ada: Person, clock: Clock) -> None:
    Key.objects.all().delete()
    factories.phone(ada, name="Ada's Pixel")
    at_home = factories.signed_in(ada)
    at_home.post(reverse("accounts:backup-codes"))
    page = at_home.get(reverse("accounts:backup-codes-new")).content.decode()
    first, second, *_ = re.findall(r"<code>([0-9A-Z-]{9})</code>", page)
    clock.move(days=20)

    away = Client()
    page = type_backup_code(away, ada, first).content.decode()
    key = Key.objects.get(user=ada.user)
    away.post(reverse("accounts:key-lost", args=[key.pk]))

    assert "Hello Ada" in page
    assert Phone.objects.get().end_reason == "lost"
    assert "accounts:key-setup" in marks(away.get("/"), "step")
    assert away.get(reverse("accounts:key-setup")).status_code == 200
    assert PlatformSession.objects.filter(backup_code__isnull=False).count() == 1
    again = Client()
    assert cause_of(type_backup_code(again, ada, first)) == "K7"
    assert "Hello Ada" in type_backup_code(Client(), ada, second).content.decode()
    events = SecurityEvent.objects.filter(subject=ada.user).order_by("n").values_list("action", flat=True)
    assert list(events) == [
        "backup_codes_made",
        *("request_sent", "backup_code_used", "signed_in"),  # the lost phone was asked, and is not any more
        "phone_lost",
        *("backup_code_used", "signed_in"),
    ]
