"""A new e-mail address: what a thief of the session, of the mailbox and of everything can do with it, and the owner."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts import notice_kinds
from accounts.actions import holds, purging
from accounts.actions.authenticators import emailed_code
from accounts.actions.people import email_change
from accounts.enums import CodePurpose
from accounts.hold_refusals import ContactsHeld
from accounts.models import AdmissionCode, EmailChange, EmailedCode, PlatformSession, ReplacedContact, Report, User
from accounts.profile_refusals import AddressJustChanged, AddressUnchanged, ChangeOver, NothingToStop
from accounts.refusals import EmailedCodeWrong, Refusal, TooOften
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.lib.client import Origin
from portal.outbox import emails, queue
from portal.outbox.models import Notice
from recovery.actions import case_holds
from tests import factories, notices
from tests.conftest import Clock
from tests.factories import Person
from tests.races import AT_ONCE, ROUNDS, at_once, done

HERE = Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")
OLD, NEW = "ada@example.test", "ada@elsewhere.test"


def start(person: Person, address: str = NEW) -> str:
    """Ask for the address; return the code that was mailed there."""
    user, now = User.objects.get(pk=person.user.pk), portal_clock.now()
    email_change.start(user=user, address=address, by=user, origin=HERE, now=now)
    return Notice.objects.filter(kind="code").latest("pk").facts["code"]


def confirm(person: Person, code: str) -> EmailChange:
    user, now = User.objects.get(pk=person.user.pk), portal_clock.now()
    return email_change.confirm(user=user, code=code.replace(" ", ""), by=user, origin=HERE, now=now)


def change(person: Person, address: str = NEW) -> EmailChange:
    return confirm(person, start(person, address))


def told_old() -> Notice:
    return Notice.objects.filter(kind="email_moved").latest("pk")


def stop(notice: Notice, code: str = "") -> None:
    given = {"reference": notice.reference, "code": code or notice.facts["stop_code"]}
    email_change.stop_by_code(**given, origin=HERE, now=portal_clock.now())


def address_of(person: Person) -> str:
    return User.objects.get(pk=person.user.pk).email


@pytest.mark.promise("PW-3")
@pytest.mark.asvs("6.3.7")
def test_the_address_changes_with_the_code_from_the_new_mailbox_and_the_old_one_is_told(ada: Person, clock: Clock):
    factories.phone(ada)
    code = start(ada)
    assert Notice.objects.get(kind="code").target == NEW
    assert address_of(ada) == OLD

    confirm(ada, code)

    assert address_of(ada) == NEW
    told = {notice.target for notice in Notice.objects.filter(kind="email_changed", channel="email")}
    assert told == {NEW}
    assert told_old().target == OLD
    assert "stop_code" not in Notice.objects.filter(kind="email_changed", channel="email").get().facts
    event = SecurityEvent.objects.get(action="email_changed")
    assert "@" not in repr(event.facts)
    stored = repr(list(EmailChange.objects.values())) + repr(list(EmailedCode.objects.values()))
    assert NEW not in stored
    assert told_old().facts["stop_code"].replace(" ", "") not in stored


def test_our_messages_about_it_hold_no_link_and_the_stop_code_only_for_the_old_address(ada: Person, clock: Clock):
    change(ada)
    old, new = told_old(), Notice.objects.get(kind="email_changed", channel="email")

    bodies = {notice.kind: emails.message_for(notice).body for notice in (old, new)}

    assert old.facts["stop_code"] in bodies["email_moved"]
    assert old.facts["stop_code"] not in bodies["email_changed"]
    assert "http" not in "".join(bodies.values())


@pytest.mark.promise("PW-3", "FIRM-2")
def test_for_ninety_days_everything_goes_to_both_but_codes(ada: Person, clock: Clock):
    change(ada)
    user = User.objects.get(pk=ada.user.pk)
    Notice.objects.all().delete()

    notices.email(user, notice_kinds.PHONE_CHANGED, now=clock.now)
    notices.email(user, notice_kinds.EMAILED_CODE, now=clock.now)
    queue.email_each_address([user], notice_kinds.KEY_ADDED, now=clock.now, key="x", at=clock.now.isoformat())

    sent = sorted((notice.kind, notice.target) for notice in Notice.objects.all())
    assert sent == [
        ("code", NEW),
        ("key_added", NEW),
        ("key_added", OLD),
        ("phone_changed", NEW),
        ("phone_changed", OLD),
    ]
    clock.move(days=90)
    Notice.objects.all().delete()
    notices.email(user, notice_kinds.PHONE_CHANGED, now=clock.now)
    assert [notice.target for notice in Notice.objects.all()] == [NEW]


@pytest.mark.promise("SESS-3")
def test_a_stop_puts_the_old_address_back_ends_everything_and_opens_a_report(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    change(ada)

    stop(told_old())

    user = User.objects.get(pk=ada.user.pk)
    assert (user.email, user.former_addresses(clock.now)) == (OLD, [])
    assert not PlatformSession.objects.filter(user=user).exists()
    assert client.get("/security/").status_code == 302
    report = Report.objects.get(user=user)
    assert (report.kind, report.closed_at) == ("contact", None)
    assert user.suspended_at is None  # who holds the old mailbox cannot shut the owner out
    told = {notice.target for notice in Notice.objects.filter(kind="email_restored")}
    assert told == {OLD, NEW}
    assert SecurityEvent.objects.filter(action="email_change_stopped").count() == 1


def test_a_stop_works_to_the_second_for_seventy_two_hours(ada: Person, clock: Clock):
    change(ada)
    clock.move(hours=72, seconds=-1)
    stop(told_old())
    assert address_of(ada) == OLD


def test_after_seventy_two_hours_the_new_address_stays(ada: Person, clock: Clock):
    change(ada)
    clock.move(hours=72)
    stop(told_old())
    assert address_of(ada) == NEW


@pytest.mark.parametrize("code", ["2222 2222 2222", "wrong"])
def test_a_wrong_stop_code_stops_nothing(ada: Person, clock: Clock, code: str):
    change(ada)
    stop(told_old(), code)
    assert address_of(ada) == NEW


def test_a_stop_code_works_with_the_reference_of_its_own_message_only(ada: Person, mallory: Person, clock: Clock):
    change(ada)
    own = told_old()
    change(mallory, "m@elsewhere.test")
    other = told_old()

    stop(other, own.facts["stop_code"])

    assert {address_of(ada), address_of(mallory)} == {NEW, "m@elsewhere.test"}


# --- Thieves ----------------------------------------------------------------------------------------


@pytest.mark.asvs("7.5.1")
def test_a_thief_of_the_session_gets_no_further_than_the_proof(ada: Person, clock: Clock):
    thief = factories.signed_in(ada)
    clock.move(minutes=11)

    for page in ("profile-email", "profile-email-code"):
        answer = thief.post(reverse(f"accounts:{page}"), {"address": NEW, "code": "123456"})
        assert answer["Location"].startswith(reverse("accounts:confirm"))

    assert not EmailChange.objects.exists()
    assert address_of(ada) == OLD


def test_a_thief_of_everything_cannot_repeat_what_the_owner_stopped(ada: Person, clock: Clock):
    change(ada)
    stop(told_old())

    with pytest.raises(AddressJustChanged):
        start(ada)
    clock.move(hours=72)
    assert start(ada)


def test_a_thief_cannot_change_the_address_twice_to_get_rid_of_the_old_one(ada: Person, clock: Clock):
    change(ada)

    with pytest.raises(AddressJustChanged):
        start(ada, "third@elsewhere.test")


def test_a_change_that_waits_dies_when_everything_is_ended(ada: Person, clock: Clock):
    code = start(ada)
    User.objects.update(session_version=7)

    with pytest.raises(ChangeOver):
        confirm(ada, code)
    assert address_of(ada) == OLD


def test_a_thief_of_the_old_mailbox_can_stop_the_owner_but_not_shut_them_out_and_the_owner_is_told(
    ada: Person, clock: Clock
):
    change(ada)
    stop(told_old())

    answer = factories.sign_in(Client(), ada)
    assert answer.status_code == 302
    assert NEW in {notice.target for notice in Notice.objects.filter(kind="email_restored")}


def test_an_owner_whose_old_mailbox_is_dead_needs_nothing_from_it(ada: Person, clock: Clock):
    change(ada)
    clock.move(hours=73)
    assert change(ada, "third@elsewhere.test").pk


def test_contact_details_stay_as_they_are_while_a_recovery_holds_them(ada: Person, clock: Clock, monkeypatch):
    until = clock.now + timedelta(hours=5)
    code = start(ada)
    assert case_holds.held_until in holds._SOURCES
    monkeypatch.setattr(holds, "_SOURCES", [lambda ids, scope, now: dict.fromkeys(ids, until)])

    with pytest.raises(ContactsHeld):
        start(ada, "third@elsewhere.test")
    with pytest.raises(ContactsHeld):
        confirm(ada, code)
    assert address_of(ada) == OLD


# --- Codes ------------------------------------------------------------------------------------------


def test_the_code_of_one_address_proves_no_other(ada: Person, clock: Clock):
    code = start(ada)
    start(ada, "third@elsewhere.test")

    with pytest.raises(EmailedCodeWrong):
        confirm(ada, code)


def test_a_code_dies_with_its_time_and_with_five_wrong_ones(ada: Person, clock: Clock, settings):
    code = start(ada)
    clock.move(minutes=settings.PORTAL_EMAIL_CODE_MINUTES)
    with pytest.raises(ChangeOver):
        confirm(ada, code)

    code = start(ada)
    for _ in range(5):
        with pytest.raises((EmailedCodeWrong, TooOften)):
            confirm(ada, "000000" if code != "000 000" else "111111")
    with pytest.raises(TooOften):
        confirm(ada, code)
    assert address_of(ada) == OLD


def test_the_present_address_is_no_new_one_and_strangers_are_not_flooded(ada: Person, clock: Clock):
    with pytest.raises(AddressUnchanged):
        start(ada, OLD.upper())
    for number in range(5):
        start(ada, f"{number}@elsewhere.test")
    with pytest.raises(TooOften):
        start(ada, "sixth@elsewhere.test")


def test_addresses_are_forgotten_when_they_have_served(ada: Person, clock: Clock):
    change(ada)
    clock.move(days=89)
    dict(purging.purge(now=clock.now))
    assert ReplacedContact.objects.get(user=ada.user).value == OLD
    assert EmailChange.objects.exists()
    clock.move(days=2)
    dict(purging.purge(now=clock.now))
    assert not EmailChange.objects.exists()
    assert not ReplacedContact.objects.exists()


# --- Races ------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.asvs("2.3.4")
def test_twenty_parallel_uses_of_one_code_change_the_address_once() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"mover{number}")
        code = start(person, f"mover{number}@elsewhere.test")

        outcomes = at_once(*[partial(confirm, person, code)] * AT_ONCE)

        assert done(outcomes) == 1
        assert {type(one) for one in outcomes if isinstance(one, Refusal)} <= {EmailedCodeWrong, ChangeOver, TooOften}
        assert SecurityEvent.objects.filter(subject=person.user, action="email_changed").count() == 1
        assert Notice.objects.filter(user=person.user, kind="email_moved").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_uses_of_one_stop_code_stop_once() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"stopper{number}")
        change(person, f"stopper{number}@elsewhere.test")
        notice = told_old()
        before = User.objects.get(pk=person.user.pk).session_version

        at_once(*[partial(stop, notice, notice.facts["stop_code"])] * AT_ONCE)

        assert address_of(person) == f"stopper{number}@example.test"
        assert User.objects.get(pk=person.user.pk).session_version == before + 1
        assert Report.objects.filter(user=person.user).count() == 1
        assert SecurityEvent.objects.filter(subject=person.user, action="email_change_stopped").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_stop_by_code_and_one_while_signed_in_count_once() -> None:
    person = factories.customer("both")
    change(person, "both@elsewhere.test")
    notice, user = told_old(), User.objects.get(pk=person.user.pk)

    def signed_in() -> None:
        email_change.stop_signed_in(user=user, origin=HERE, now=portal_clock.now())

    outcomes = at_once(*[partial(stop, notice, notice.facts["stop_code"]), signed_in] * 5)

    assert {type(one) for one in outcomes if isinstance(one, Refusal)} <= {NothingToStop}
    assert Report.objects.filter(user=person.user).count() == 1


def test_an_open_session_alone_cannot_bring_the_old_mailbox_back(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    change(ada)
    clock.move(minutes=11)

    answer = client.post(reverse("accounts:profile-email-stop"))

    assert answer["Location"].startswith(reverse("accounts:confirm"))
    assert User.objects.get(pk=ada.user.pk).email == NEW


def test_what_was_sent_to_the_mailbox_that_is_left_proves_nothing_any_more(ada: Person, clock: Clock):
    until = clock.now + timedelta(minutes=10)
    AdmissionCode.objects.create(
        username_hash=ada.user.username_hash, code_digest="x", sent_at=clock.now, expires_at=until
    )
    emailed_code.send(user=ada.user, purpose=CodePurpose.ENROL, by=ada.user, origin=HERE, now=clock.now)

    change(ada)

    assert not AdmissionCode.objects.exists()
    assert not EmailedCode.objects.filter(user=ada.user).exists()
