"""A password reset that somebody else objects to, on the phone or by moving to another mailbox."""

import re
from urllib.parse import urlencode

import pytest

from accounts.actions.authenticators import backup_codes
from accounts.actions.keys.enrolment import identity_proofing
from accounts.actions.people import email_change
from accounts.models import User
from portal.lib import clock as portal_clock
from portal.lib import hash_semaphore
from portal.lib.client import Origin
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from recovery.enums import ResetState
from recovery.models import Evidence, PasswordReset
from tests.accounts.test_browser_admission import admitted
from tests.factories import Person
from tests.lint_html import problems
from tests.phones import paired
from tests.recovery.claimant import cause
from tests.recovery.conftest import NEW_PASSWORD
from tests.recovery.resetter import Resetter, at_key, at_password, page_of

HERE = Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(clock, holder) -> Person:
    return holder


def has_new_password(person: Person) -> bool:
    return User.objects.get(pk=person.user.pk).check_password(NEW_PASSWORD)


@pytest.mark.promise("KEY-12")
def test_after_not_me_on_the_phone_no_code_of_the_key_goes_on(ada):
    pixel = paired(ada)
    thief = at_key(ada)
    pixel.deny(pixel.requests()["requests"][0])

    answer = thief.types_key_code(ada)

    assert (answer.status_code, cause(answer)) == (409, "N2")
    assert PasswordReset.objects.latest("pk").state == ResetState.ENDED


@pytest.mark.promise("KEY-12")
def test_not_me_on_the_phone_ends_a_reset_that_has_only_the_password_left(ada):
    pixel = paired(ada)
    thief = at_password(ada)
    pixel.deny(pixel.requests()["requests"][0])

    answer = thief.chooses()

    assert (answer.status_code, cause(answer)) == (409, "N2")
    assert not has_new_password(ada)


def test_an_owner_who_has_said_not_me_to_a_thief_may_begin_a_reset_of_their_own(ada, clock):
    pixel = paired(ada)
    at_key(ada)
    pixel.deny(pixel.requests()["requests"][0])
    clock.move(seconds=1)

    assert page_of(at_password(ada).chooses()) == "/reset/done/"


# --- Another mailbox -----------------------------------------------------------------------------------


def move_mailbox(person: Person) -> None:
    """Change the address as its owner does, from a signed-in browser."""
    user, now = User.objects.get(pk=person.user.pk), portal_clock.now()
    email_change.start(user=user, address="ada@elsewhere.test", by=user, origin=HERE, now=now)
    code = Notice.objects.filter(kind="code").latest("pk").facts["code"].replace(" ", "")
    email_change.confirm(user=user, code=code, by=user, origin=HERE, now=now)


@pytest.mark.promise("RESET-3")
def test_a_reset_that_the_old_mailbox_has_confirmed_ends_when_its_owner_leaves_it(ada):
    thief = at_key(ada)

    move_mailbox(ada)

    assert thief.types_key_code(ada).status_code == 409
    assert not PasswordReset.objects.filter(key_at__isnull=False).exists()


@pytest.mark.promise("RESET-5")
def test_a_code_to_the_old_mailbox_counts_in_no_case_once_its_owner_has_left_it(ada):
    thief = Resetter()
    thief.begins()
    thief.types_code()

    move_mailbox(ada)
    thief.asks_for_help()

    assert not Evidence.objects.exists()


def test_a_reset_that_begins_after_the_move_asks_for_the_new_mailbox(ada, clock):
    move_mailbox(ada)
    clock.move(seconds=1)

    assert page_of(at_password(ada).chooses()) == "/reset/done/"


# --- Wrong codes ---------------------------------------------------------------------------------------


def wrong_in_a_row() -> int:
    return sum(Throttle.objects.filter(limit="reset-key").values_list("used_in_a_row", flat=True))


def test_wrong_codes_of_a_reset_are_forgotten_once_the_key_is_confirmed(ada):
    owner = at_key(ada)
    owner.types_key_code(code="000000")
    assert wrong_in_a_row() == 1

    owner.types_key_code(ada)

    assert wrong_in_a_row() == 0


def test_an_approval_on_the_phone_forgets_wrong_codes_too(ada):
    pixel = paired(ada)
    owner = at_key(ada)
    owner.types_key_code(code="000000")
    pixel.approve(pixel.requests()["requests"][0], owner.number())

    owner.client.post("/reset/key/", {"approved": "yes"})

    assert wrong_in_a_row() == 0


def test_after_a_recovery_the_codes_of_the_new_key_count_in_a_reset(walk, clock, ada):
    thief = at_key(ada)
    thief.types_key_code(code="000000")
    assert wrong_in_a_row() == 1

    walk.ready(clock).started().opened_grant().completed()

    assert wrong_in_a_row() == 0


@pytest.mark.promise("LOCK-5")
def test_a_crowd_that_leaves_no_place_to_hash_uses_up_no_try(ada, monkeypatch):
    def overloaded(*_given: object, **_named: object) -> None:
        raise hash_semaphore.HashingOverloaded

    owner = Resetter()
    owner.begins()
    owner.types_code()
    for module, name, send in (
        (identity_proofing, "is_right", owner.answers),
        (backup_codes, "look_up", lambda: owner.client.post("/reset/key/", {"backup_code": "7K3M-Q9XT"})),
    ):
        with monkeypatch.context() as crowd:
            crowd.setattr(module, name, overloaded)
            assert [send().status_code for _ in range(6)] == [503] * 6
        owner.answers()

    assert page_of(owner.types_key_code(ada)) == "/reset/password/"


@pytest.mark.promise("LOCK-5")
def test_strangers_who_use_up_all_resets_of_a_name_leave_a_way_to_a_new_browser(ada, clock):
    for _ in range(5):
        Resetter().begins()
    owner = Resetter()
    refused = owner.begins()

    assert (refused.status_code, problems(refused.content.decode())) == (429, [])
    assert "data-other-way" in refused.content.decode()
    admitted(ada, clock, client=owner.client)
    assert page_of(owner.begins()) == "/reset/code/"


def test_a_form_sent_before_the_phone_has_answered_is_answered_anew_afterwards(ada):
    pixel = paired(ada)
    owner = at_key(ada)
    page = owner.client.get("/reset/key/").content.decode()
    form = {"approved": "yes", "form_id": re.search(r'name="form_id" value="([^"]+)"', page)[1]}
    sent = {"data": urlencode(form), "content_type": "application/x-www-form-urlencoded", "follow": True}

    early = owner.client.post("/reset/key/", **sent)
    pixel.approve(pixel.requests()["requests"][0], owner.number())

    assert page_of(early) == "/reset/key/"
    assert page_of(owner.client.post("/reset/key/", **sent)) == "/reset/password/"
