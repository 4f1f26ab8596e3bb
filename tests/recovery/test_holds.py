"""What is on hold after a recovery is refused at every door, is said before anybody begins, and bars no way back in."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.authenticators import backup_codes, passkeys
from accounts.actions.keys import key_revocation, key_transfer
from accounts.actions.keys.enrolment import steps
from accounts.actions.networks import requests, rules
from accounts.actions.people import details, email_change
from accounts.enums import EndReason, EnrolmentPurpose, NetworkOutcome, Role
from accounts.hold_refusals import ContactsHeld, KeysHeld, NetworksHeld
from accounts.models import BackupCode, Enrolment, Key, NetworkRequest, Passkey, User
from accounts.models import Phone as PhoneRow
from accounts.policies import networks
from accounts.refusals import EnrolmentOver, PasskeyWrong
from recovery.actions import case_holds, objections, transitions
from recovery.actions.case_events import Who
from recovery.enums import SPOKEN_OF, Actor, FlagKind, Scope, Source, State
from recovery.models import Hold
from tests import factories
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired
from tests.recovery.claimant import words
from tests.recovery.conftest import NEW_PASSWORD, NEW_SEED, ORIGIN, REASON, Walk, now, right_answer

pytestmark = [pytest.mark.django_db, pytest.mark.promise("CASE-7")]

HOME = networks.read_all(["198.51.100.0/24"])
PAGES = {
    "accounts:key-setup": "E9",
    "accounts:passkeys": "E9",
    "accounts:passkey-add": "E9",
    "accounts:backup-codes": "E9",
    "accounts:profile-phone": "D3",
    "accounts:profile-email": "D3",
    "accounts:networks-ask": "I11",
}


@pytest.fixture
def held(clock, walk) -> Person:
    """Ada, just after her recovery, with the Key she has got there."""
    walk.ready(clock).started().opened_grant().completed()
    clock.move(minutes=1)
    user = User.objects.select_related("customer").get(username="ada")
    return Person(user, NEW_PASSWORD, NEW_SEED)


def facts(person: Person) -> dict:
    return {"user": person.user, "by": person.user, "origin": ORIGIN, "now": now()}


def begin(person: Person, purpose=EnrolmentPurpose.ADD, **more):
    return steps.begin(user=person.user, purpose=purpose, binding="t", origin=ORIGIN, now=now(), **more)


def is_held(person: Person, scope: Scope) -> bool:
    return bool(case_holds.held_until([person.user.pk], scope, now()))


# --- Every door --------------------------------------------------------------------------------------------


def make_codes(person):
    return backup_codes.make(**facts(person))


def add_passkey(person):
    return passkeys.register(answer="{}", challenge=b"x", name="x", **facts(person))


def add_key(person):
    return begin(person)


def change_phone(person):
    return details.change_phone(typed="+442079460958", **facts(person))


def change_address(person):
    return email_change.start(address="new@elsewhere.test", **facts(person))


def widen(person):
    return requests.ask(wanted=HOME, allows_pass=False, **facts(person))


@pytest.mark.parametrize(
    ("door", "refusal"),
    [
        (make_codes, KeysHeld),
        (add_passkey, KeysHeld),
        (add_key, KeysHeld),
        (change_phone, ContactsHeld),
        (change_address, ContactsHeld),
        (widen, NetworksHeld),
    ],
)
def test_a_door_names_the_end_of_the_hold_and_opens_then(held, clock, door, refusal):
    with pytest.raises(refusal) as refused:
        door(held)

    end = Hold.objects.get(scope=Scope.NEW_KEY).until
    assert refused.value.until == end
    assert [model.objects.count() for model in (BackupCode, Passkey, NetworkRequest)] == [0, 0, 0]
    clock.set(end)
    with suppress(PasskeyWrong):  # an empty one is none, on hold or not
        door(held)


def test_what_began_before_the_hold_does_not_end_in_it(clock, walk, holder):
    ticket = begin(holder, proved_by="test")
    secret = ticket.items.get().secret
    address = email_change.start(address="new@elsewhere.test", **facts(holder))
    asked = requests.ask(wanted=HOME, allows_pass=False, **facts(holder))
    maker, checker = factories.staff("omar", Role.AGENT), factories.staff("mia", Role.SENIOR)
    requests.verify(request=asked, by=maker.user, origin=ORIGIN, now=now())
    walk.in_review()
    objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now())
    assert walk.state == State.CONTESTED

    code = Person(holder.user, "", secret).code()
    with pytest.raises(KeysHeld):
        steps.confirm_on_web(enrolment=ticket, binding="t", code=code, name="x", origin=ORIGIN, now=now())
    with pytest.raises(ContactsHeld):
        email_change.refuse_too_early(address.user, now=now())
    asked.refresh_from_db()
    decision = {"request": asked, "outcome": NetworkOutcome.APPROVED, "by": checker.user}
    with pytest.raises(NetworksHeld):
        requests.decide(origin=ORIGIN, now=now(), **decision)
    assert NetworkRequest.objects.get().outcome == ""
    requests.decide(request=asked, outcome=NetworkOutcome.REFUSED, by=checker.user, origin=ORIGIN, now=now())


def test_the_holds_of_a_contested_case_are_held_too(clock, walk, holder):
    walk.in_review()
    objections.contest_by_desk(case=walk.case, reason=REASON, by=walk.maker, origin=ORIGIN, now=now())

    for door, refusal in ((make_codes, KeysHeld), (change_phone, ContactsHeld), (widen, NetworksHeld)):
        with pytest.raises(refusal):
            door(holder)


def test_tightening_stays_possible_while_widening_is_on_hold(held):
    seen = rules.version_of(())

    rules.tighten(wanted=HOME, seen=seen, **facts(held))

    assert rules.of(User.objects.get(pk=held.user.pk)) == networks.ordered(HOME)


# --- On the phone -------------------------------------------------------------------------------------------


def with_phone(held: Person) -> Phone:
    """Let the new Key of the recovery be on a phone."""
    phone = paired(held)
    Key.objects.filter(user=held.user).exclude(phone__reference=phone.reference).update(confirmed=False)
    return phone


def test_a_phone_is_told_that_its_key_cannot_move_yet(held, clock):
    phone = with_phone(held)

    said = phone.transfer()

    assert (said.status, said.cause) == (403, "E9")
    assert not Enrolment.objects.filter(purpose=EnrolmentPurpose.TRANSFER).exists()
    clock.set(Hold.objects.get(scope=Scope.NEW_KEY).until)
    assert phone.transfer().status == 200


def test_the_keys_of_others_on_the_same_phone_move_without_the_one_on_hold(held):
    ben = factories.customer("ben")
    phone, new = paired(held, ben), Phone(name="New phone")

    new.pair(phone.transfer()["code"])
    phone.match()
    new.confirm()

    assert set(new.accounts.values()) == {"ben"}
    assert new.prove().status == 200
    assert Key.objects.get(user=ben.user, confirmed=True, phone__isnull=False).phone.reference == new.reference
    assert Key.objects.filter(user=held.user, confirmed=True, phone__reference=phone.reference).exists()


def test_a_move_that_began_before_the_hold_leaves_the_key_where_it_is(clock, walk, holder):
    phone, new = paired(holder), Phone(name="New phone")
    new.pair(phone.transfer()["code"])
    phone.match()
    new.confirm()
    walk.in_review()
    objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=now())

    assert new.prove().status == 409
    assert Key.objects.filter(user=holder.user, confirmed=True, phone__reference=phone.reference).exists()
    assert PhoneRow.objects.get(reference=phone.reference).ended_at is None


# --- On the pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_so_before_anybody_begins_and_offers_nothing(held, page):
    client = factories.signed_in(held)

    html = client.get(reverse(page)).content.decode()

    assert html.count(f'data-cause="{PAGES[page]}"') == 1
    assert "/help/problem/" in html
    main = html.split("<main")[1].split("</main")[0]
    assert 'type="submit"' not in main
    assert reverse("accounts:passkey-add") not in main


@pytest.mark.parametrize("page", PAGES)
def test_the_same_page_offers_it_once_the_hold_is_over(held, clock, page):
    clock.set(Hold.objects.get(scope=Scope.NEW_KEY).until)
    client = factories.signed_in(held)

    assert f'data-cause="{PAGES[page]}"' not in client.get(reverse(page)).content.decode()


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("accounts:backup-codes", {}),
        ("accounts:key-setup", {"begin": "yes"}),
        ("accounts:profile-phone", {"phone": "+442079460958"}),
        ("accounts:profile-email", {"address": "new@elsewhere.test"}),
        ("accounts:networks-ask", {"networks": "198.51.100.0/24"}),
    ],
)
def test_a_post_that_was_ready_before_the_hold_is_answered_with_it(held, page, typed):
    client = factories.signed_in(held)

    html = client.post(reverse(page), typed).content.decode()

    assert html.count(f'data-cause="{PAGES[page]}"') == 1
    assert not BackupCode.objects.exists()


def test_asking_whether_something_is_on_hold_costs_one_statement(held):
    from accounts.actions import holds
    from accounts.enums import HoldScope

    with CaptureQueriesContext(connection) as seen:
        holds.held_among(list(range(1, 101)), HoldScope.NEW_KEY, now=now())

    assert len(seen) == 1


def test_nothing_that_only_other_systems_could_hold_is_spoken_of(clock, walk):
    walk.ready(clock).started().opened_grant().completed()
    silent = set(Scope) - set(SPOKEN_OF)

    assert silent == {Scope.WITHDRAW, Scope.TRANSFER_OUT, Scope.BANK, Scope.API_TOKEN, Scope.TRADE_RISK}
    assert {hold.scope for hold in Hold.objects.all()} == set(Scope)


# --- The way out --------------------------------------------------------------------------------------------


def lose_the_key(held: Person) -> None:
    key = Key.objects.get(user=held.user, confirmed=True)
    key_revocation.end_key(key=key, reason=EndReason.LOST, by=held.user, origin=ORIGIN, now=now())


def again(walk, clock):
    """Open another case for the same person, and walk it to its end."""
    other = Walk(walk.maker, seniors=walk.seniors)
    other.in_session().answered(_without_questions).stated().with_mail_code()
    return other.approved(clock).waited(clock).started().opened_grant()


def _without_questions(item) -> str:
    return "" if item.source == Source.QUESTION else right_answer(item)


def test_a_key_lost_meanwhile_is_not_replaced_by_a_first_one(held):
    lose_the_key(held)
    browser = Client()
    factories.type_password(browser, "ada", NEW_PASSWORD)

    assert 'data-cause="E9"' in browser.get(reverse("accounts:key-setup")).content.decode()
    with pytest.raises(KeysHeld):
        begin(held, EnrolmentPurpose.FIRST)


def test_who_loses_the_only_phone_meanwhile_recovers_again(held, walk, clock):
    lose_the_key(held)

    other = again(walk, clock).completed("Third-Time-Lucky-And-Long-3")

    assert (walk.state, other.state) == (State.DONE, State.HOLD)  # the second wait is as long as the first hold
    assert FlagKind.RECOVERED_LATELY in other.case.flags.values_list("kind", flat=True)
    assert Key.objects.get(user=held.user, confirmed=True).name == "New phone"
    with pytest.raises(KeysHeld):
        make_codes(held)


def test_an_objection_to_the_first_recovery_closes_the_second_and_stops_sign_in(held, walk, clock):
    lose_the_key(held)
    other = Walk(walk.maker, seniors=walk.seniors)
    other.in_session().answered(_without_questions).stated().with_mail_code()
    with transaction.atomic():
        objections._object(transitions.lock(walk.case.pk), Who(Actor.OWNER), "stopped_by_code", now=now())

    assert (walk.state, other.state) == (State.CONTESTED, State.WITHDRAWN)
    assert User.objects.get(pk=held.user.pk).suspended_at == now()


def test_while_people_look_at_the_second_an_objection_to_the_first_still_stops_sign_in(held, walk):
    lose_the_key(held)
    other = Walk(walk.maker, seniors=walk.seniors)
    other.in_session().answered(_without_questions).stated().with_mail_code()
    objections.contest_by_desk(case=other.case, reason=REASON, by=walk.maker, origin=ORIGIN, now=now())

    with transaction.atomic():
        objections._object(transitions.lock(walk.case.pk), Who(Actor.OWNER), "stopped_by_code", now=now())

    assert (walk.state, other.state) == (State.HOLD, State.CONTESTED)
    assert User.objects.get(pk=held.user.pk).suspended_at == now()


def test_there_are_never_two_cases_under_way_beside_one_that_holds(held, walk):
    first, second = Walk(walk.maker).opened(), Walk(walk.maker, browser="another").opened()

    assert first.case.pk == second.case.pk != walk.case.pk


def test_the_owner_sees_the_case_under_way_first_and_then_the_one_that_holds(held, walk):
    other = Walk(walk.maker).opened()
    assert objections.open_case_of(held.user) == other.case

    objections.stop_signed_in(user=held.user, origin=ORIGIN, now=now())

    assert other.state == State.CANCELLED
    assert objections.open_case_of(held.user) == walk.case


def test_a_first_key_is_never_on_hold(clock, walk, holder):
    ben = factories.customer("ben", has_key=False)
    case = walk.in_review().case
    Hold.objects.create(
        subject=ben.user, scope=Scope.NEW_KEY, case=case, starts_at=now(), until=now() + timedelta(days=3)
    )

    assert is_held(ben, Scope.NEW_KEY)
    assert begin(ben, EnrolmentPurpose.FIRST, proved_by="test").purpose == EnrolmentPurpose.FIRST
    with pytest.raises(KeysHeld):
        begin(ben, EnrolmentPurpose.ADD)


def test_nobody_is_asked_to_do_what_is_on_hold(held, clock):
    advised = {"accounts:backup-codes", "accounts:key-setup"}
    client = factories.signed_in(held)
    for page in ("/", "/security/"):
        assert advised & {step.page for step in client.get(page).context["health"].steps} == set()

    clock.set(Hold.objects.get(scope=Scope.NEW_KEY).until)
    steps_then = factories.signed_in(held).get("/").context["health"].steps
    assert advised <= {step.page for step in steps_then}


def test_words_of_a_hold_are_plain(held):
    page = factories.signed_in(held).get("/")

    assert "ithdraw" not in words(page)
    assert "ayment" not in words(page)


def test_no_transfer_is_begun_for_a_phone_of_one_held_user(held):
    phone = with_phone(held)

    with pytest.raises(KeysHeld):
        key_transfer.begin(phone=PhoneRow.objects.get(reference=phone.reference), origin=ORIGIN, now=now())
    with pytest.raises((KeysHeld, EnrolmentOver)):
        begin(held, EnrolmentPurpose.TRANSFER, old_phone=PhoneRow.objects.get(reference=phone.reference))
