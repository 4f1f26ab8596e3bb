"""Whoever never had a password gets the first one with the welcome letter, and not by a reset (FIRM-3)."""

import pytest

from portal.outbox.models import Notice
from recovery.models import PasswordReset
from tests.accounts.welcome_work import newcomer
from tests.recovery.resetter import Resetter, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-3")]


def test_a_reset_gives_no_first_password(clock):
    newcomer()

    known, unknown = Resetter().begins("vera"), Resetter().begins("nobody")

    assert page_of(known) == page_of(unknown)
    assert not PasswordReset.objects.exclude(user=None).exists()
    assert not Notice.objects.exists()
