"""The second step of signing in with a backup code."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions.authenticators import backup_codes
from accounts.models import PlatformSession
from portal.lib import clock as portal_clock
from portal.lib.client import Origin
from tests import factories
from tests.accounts.test_sign_in_approval import is_in, newest, number_on, said, start
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db


def type_backup_code(client: Client, code: str, **more: str) -> object:
    return factories.press(client, **{"otp_token": "", "backup_code": code} | more)


@pytest.fixture
def on_paper(ada: Person) -> str:
    """One of ada's backup codes."""
    here = Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")
    return backup_codes.make(user=ada.user, by=ada.user, origin=here, now=portal_clock.now())[0]


@pytest.mark.promise("KEY-11", "KEY-13", "SIGN-3")
def test_a_backup_code_signs_in_once_and_takes_the_request_along(
    pixel: Phone, ada: Person, on_paper: str, clock: Clock
) -> None:
    client = Client()
    page = start(client, ada)
    request = newest(pixel)

    assert type_backup_code(client, on_paper).status_code == 302

    assert PlatformSession.objects.get().proof == PlatformSession.objects.get().backup_code
    assert pixel.approve(request, number_on(page)).cause == "N5"
    clock.move(minutes=1)
    again = Client()
    start(again, ada)
    answer = type_backup_code(again, on_paper)
    assert cause_of(answer) == "K7"
    assert "Tries left: 4" in said(answer)
    assert on_paper not in said(answer)


def test_a_backup_code_counts_where_both_are_typed(client: Client, ada: Person, on_paper: str) -> None:
    start(client, ada)

    assert type_backup_code(client, on_paper, otp_token="000000").status_code == 302


def test_backup_codes_and_codes_of_the_key_share_their_tries(client: Client, ada: Person, clock: Clock) -> None:
    start(client, ada)
    for _ in range(settings.PORTAL_FAILURE_LIMIT - 1):
        type_backup_code(client, "WRNG-WRNG")

    assert factories.type_code(client, "000000").status_code == 429


def test_not_me_shuts_the_way_on_paper_as_well(client: Client, pixel: Phone, ada: Person, on_paper: str) -> None:
    start(client, ada)
    pixel.deny(newest(pixel))

    assert cause_of(type_backup_code(client, on_paper)) == "N2"
    assert not is_in(client)
    assert backup_codes.left(ada.user) == 10


@pytest.mark.parametrize("way", ["on paper", "by code"])
def test_a_kept_cookie_proves_nothing_after_a_sign_in_of_any_kind(
    ada: Person, on_paper: str, clock: Clock, way: str
) -> None:
    own, thief = Client(), Client()
    start(own, ada)
    factories.copy_sign_in(own, thief)
    clock.move(seconds=5)
    assert type_backup_code(own, on_paper).status_code == 302
    clock.move(seconds=30)

    answer = type_backup_code(thief, "WRNG-WRNG") if way == "on paper" else factories.type_code(thief, ada.code())

    assert cause_of(answer) == "S3"
    assert PlatformSession.objects.count() == 1
