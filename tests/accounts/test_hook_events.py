"""What the firm's systems are told of usernames: by the action itself, what they need and nothing more (FIRM-4)."""

import contextlib
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import event_reports, hook_events, purging, reports, suspension
from accounts.actions.keys import key_codes, key_revocation
from accounts.actions.people import closing, details, firm_changes
from accounts.actions.privacy import erasure, export
from accounts.actions.sign_in import lockout_notices, unlock
from accounts.enums import Action, EndReason, KeyKind, MandateRole, ReportKind, ReportOutcome
from accounts.hook_types import PASSWORD_SET, PAUSED
from accounts.models import Customer, Key, PlatformSession, Report, User
from portal.audit.models import SecurityEvent
from portal.audit.record import record, record_each
from portal.lib import client
from portal.outbox.hooks import event_types, events
from portal.outbox.models import HookDelivery, HookEvent, HookSequence, HookState
from tests import factories
from tests.accounts import test_email_change as moving
from tests.conftest import Clock
from tests.factories import Person
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-4")]
HERE = client.Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")


@pytest.fixture(autouse=True)
def hooks(settings: object) -> None:
    """Two receivers in the settings, to which nobody sends."""
    settings.PORTAL_HOOK_URLS = ["books=https://books.example.test/in", "crm=https://crm.example.test/in"]


def told(person: Person) -> list[tuple[str, dict]]:
    """The events about a person: types, and the fields of their own."""
    rows = HookEvent.objects.filter(user=person.user).order_by("sequence")
    own = [{name: value for name, value in row.body["data"].items() if name not in event_types.COMMON} for row in rows]
    return [(row.type, facts) for row, facts in zip(rows, own, strict=True)]


def last(person: Person) -> dict:
    return HookEvent.objects.filter(user=person.user).latest("sequence").body


def fresh(person: Person) -> User:
    return User.objects.get(pk=person.user.pk)


def test_an_event_says_what_happened_to_whom_with_which_accounts_and_by_whom(ada: Person, agent: Person, clock: Clock):
    factories.account(ada, "U77", role=MandateRole.ADVISER)
    closed = factories.account(ada, "U78")
    type(closed).objects.filter(pk=closed.pk).update(closed_at=clock.now)

    suspension.suspend(ada.user, reason="Rang from a strange number", by=agent.user, origin=HERE, now=clock.now)

    [event] = HookEvent.objects.all()
    own = ada.user.mandates.get(role=MandateRole.OWNER, account__closed_at=None).account.number
    assert event.body == {
        "id": event.message_id,
        "type": "user.suspended",
        "timestamp": "2026-03-02T12:00:00.000Z",
        "data": {
            "subject": {"username": "ada", "customer": ada.user.customer.number, "realm": "live"},
            "sequence": 1,
            "accounts": sorted(
                [{"number": own, "role": "owner"}, {"number": "U77", "role": "adviser"}], key=lambda one: one["number"]
            ),
            "by": "staff",
        },
    }
    rows = HookDelivery.objects.order_by("receiver").values_list("receiver", "state", "user", "sequence")
    assert list(rows) == [("books", "due", ada.user.pk, 1), ("crm", "due", ada.user.pk, 1)]


def test_an_action_that_fails_tells_nothing_and_uses_up_no_number(ada: Person, clock: Clock):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        suspension.suspend(ada.user, reason="", by=None, origin=None, now=clock.now)
        raise ZeroDivisionError

    suspension.suspend(ada.user, reason="", by=None, origin=None, now=clock.now)

    assert last(ada)["data"]["sequence"] == HookEvent.objects.count() == 1


def test_without_a_receiver_nothing_is_kept(ada: Person, clock: Clock, settings: object):
    settings.PORTAL_HOOK_URLS = []

    suspension.suspend(ada.user, reason="", by=None, origin=None, now=clock.now)

    assert (HookEvent.objects.count(), HookSequence.objects.count()) == (0, 0)


def test_nothing_is_told_of_staff(agent: Person, clock: Clock):
    suspension.suspend(agent.user, reason="", by=None, origin=None, now=clock.now)

    assert not HookEvent.objects.exists()


def test_an_event_outside_of_a_transaction_or_with_other_fields_is_refused(ada: Person, clock: Clock):
    with pytest.raises(event_types.NotDeclared):
        hook_events.tell(ada.user, PASSWORD_SET, by=None, now=clock.now, password="x")
    with pytest.raises(event_types.NotDeclared):
        hook_events.tell(ada.user, PAUSED, by=None, now=clock.now, limit="password")
    with pytest.raises(event_types.NotDeclared):
        hook_events.tell(ada.user, event_types.EventType("my.own", "", {}), by=None, now=clock.now)


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_refused(clock: Clock):
    user = factories.customer("ada").user

    with pytest.raises(transaction.TransactionManagementError):
        events.queue_each([events.About(user.pk, {"subject": {}}, {})], PASSWORD_SET, now=clock.now)


def test_suspending_and_reinstating_are_told_without_the_reason(ada: Person, clock: Clock):
    suspension.suspend(ada.user, reason="Zanzibar", by=ada.user, origin=None, now=clock.now)
    assert last(ada)["data"]["by"] == "customer"
    suspension.reinstate(ada.user, reason="Zanzibar", by=None, origin=None, now=clock.now)

    assert told(ada) == [("user.suspended", {}), ("user.reinstated", {})]
    assert not any("Zanzibar" in str(row.body) for row in HookEvent.objects.all())


def test_keys_are_told_by_number_with_the_reason_of_their_end(ada: Person, clock: Clock):
    key = Key(user=ada.user, name="Zanzibar", kind=KeyKind.APP, secret=factories.seed_of("x"))
    with transaction.atomic():
        [made] = key_codes.start_keys([key], by=ada.user, origin=HERE, now=clock.now)
    key_revocation.end_key(key=made, reason=EndReason.LOST, by=ada.user, origin=HERE, now=clock.now)
    with transaction.atomic():
        other = Key(user=ada.user, name="Zanzibar", kind=KeyKind.APP, secret=factories.seed_of("y"))
        [moved] = key_codes.start_keys([other], by=ada.user, origin=HERE, now=clock.now, action=Action.KEY_MOVED)
        facts = {"keys": 1, "passkeys": 2, "backup_codes": 3, "reason": "recovered"}
        record(Action.KEYS_ENDED, by=None, on=ada.user, now=clock.now, **facts)

    assert told(ada) == [
        ("key.added", {"key": made.pk}),
        ("key.removed", {"key": made.pk, "reason": "lost"}),
        ("key.moved", {"key": moved.pk}),
        ("keys.removed", {"keys": 1, "passkeys": 2, "reason": "recovered"}),
    ]
    assert not any("Zanzibar" in str(row.body) for row in HookEvent.objects.all())


def test_many_usernames_at_once_cost_no_more_statements_than_one(clock: Clock):
    people = [factories.customer(f"user{number}").user for number in range(6)]

    def cost(users: list[User]) -> int:
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            record_each(Action.PAUSE_LIFTED, [(user, {}) for user in users], by=None, now=clock.now)
        return len(queries)

    assert cost(people[:1]) == cost(people[1:])
    rows = HookEvent.objects.order_by("pk").values_list("user__username", "sequence")
    assert list(rows) == [(user.username, 1) for user in people]


@transaction.atomic
def recorded(action: Action, who: Person | User, **facts: object) -> None:
    user = getattr(who, "user", who)
    record(action, by=user, on=user, now=timezone.now(), **facts)


def test_passkeys_are_told_with_the_reason_of_their_end(ada: Person, clock: Clock):
    recorded(Action.PASSKEY_ADDED, ada, passkey=3)
    recorded(Action.PASSKEY_REMOVED, ada, passkey=3)
    recorded(Action.PASSKEY_SUSPECT, ada, passkey=4)

    assert told(ada) == [
        ("passkey.added", {"passkey": 3}),
        ("passkey.removed", {"passkey": 3, "reason": "turned_off"}),
        ("passkey.removed", {"passkey": 4, "reason": "copied"}),
    ]


def test_the_address_on_file_is_told_when_it_is_changed_undone_and_replaced(ada: Person, clock: Clock):
    moving.change(ada)
    moving.stop(moving.told_old())
    firm_changes.replace_email(fresh(ada), "ada@books.test", now=clock.now)

    changes = [facts for kind, facts in told(ada) if kind == "email.changed"]
    assert changes == [
        {"address": moving.NEW, "change": "made"},
        {"address": moving.OLD, "change": "undone"},
        {"address": "ada@books.test", "change": "books"},
    ]


def test_a_new_address_is_not_readable_in_the_database(ada: Person, clock: Clock):
    moving.change(ada)

    stored = HookEvent.objects.filter(type="email.changed").values_list("body", flat=True).get()
    assert moving.NEW not in stored


def test_a_new_phone_number_is_told(ada: Person, clock: Clock):
    details.change_phone(user=ada.user, typed="+44 1632 960100", by=ada.user, origin=HERE, now=clock.now)

    assert told(ada) == [("phone.changed", {"number": "+441632960100"})]


def test_a_pause_and_its_lifting_are_told(ada: Person, agent: Person, clock: Clock):
    for _ in range(5):
        factories.type_password(Client(), "ada", "wrong")
    lockout_notices.announce(clock.move(seconds=30))
    assert told(ada) == [("sign_in.paused", {"limit": "password", "minutes": 15})]

    unlock.forget([ada.user.username_hash], reason="", now=clock.now)

    assert told(ada)[1:] == [("sign_in.pause_lifted", {})]


def test_a_report_is_told_by_its_reference_opened_closed_and_opened_again(ada: Person, agent: Person, clock: Clock):
    recorded(Action.QUESTIONS_SET, ada)
    session = PlatformSession(user=ada.user)
    facts = {"words": "", "protection": (), "by": ada.user, "session": session, "origin": HERE}
    event = SecurityEvent.objects.get(subject=ada.user)
    report = event_reports.report_event(event=event, now=clock.now, **facts)
    reports.close_report(
        report=report, outcome=ReportOutcome.MISTAKE, by=agent.user, origin=HERE, now=clock.move(minutes=1)
    )
    event_reports.report_event(event=event, now=clock.move(minutes=1), **facts)

    assert told(ada) == [
        ("report.opened", {"report": report.reference, "kind": str(ReportKind.EVENT)}),
        ("report.closed", {"report": report.reference, "outcome": "mistake"}),
        ("report.opened", {"report": report.reference, "kind": str(ReportKind.EVENT)}),
    ]
    assert Report.objects.get().closed_at is None


def test_an_event_has_the_accounts_of_nobody_else(ada: Person, mallory: Person, clock: Clock):
    suspension.suspend(ada.user, reason="", by=None, origin=None, now=clock.now)

    own = ada.user.mandates.get().account.number
    assert [account["number"] for account in last(ada)["data"]["accounts"]] == [own]


def test_closing_opening_and_erasing_are_told_and_erasing_is_the_last(ada: Person, mallory: Person, clock: Clock):
    for person in (ada, mallory):
        suspension.suspend(person.user, reason="", by=None, origin=None, now=clock.now)
    customer = ada.user.customer
    with transaction.atomic():
        closing.close_person(customer, now=clock.now)
        closing.reopen_person(customer, now=clock.now)
        closing.close_person(customer, now=clock.now)
    kinds = [kind for kind, _facts in told(ada)]
    assert kinds[-2:] == ["keys.removed", "user.closed"]
    assert "user.reopened" in kinds

    erasure.erase(erasure.of_customer(Customer.objects.get(pk=customer.pk)), now=clock.now)

    assert [kind for kind, _facts in told(ada)] == ["user.erased"]
    assert last(ada)["data"]["subject"]["username"] == "ada"
    assert last(ada)["data"]["sequence"] == len(kinds) + 1
    hers = HookDelivery.objects.filter(user=ada.user)
    assert set(hers.values_list("state", "event__type")) == {("due", "user.erased")}
    assert [kind for kind, _facts in told(mallory)] == ["user.suspended"]


def test_people_are_given_what_the_firm_was_told_of_them(ada: Person, mallory: Person, clock: Clock):
    for person in (ada, mallory):
        suspension.suspend(person.user, reason="", by=None, origin=None, now=clock.now)

    given = json.loads("".join(export.as_json(erasure.of_customer(ada.user.customer), now=clock.now)))

    [row] = given["tables"]["outbox.HookEvent"]
    assert row["told"]["type"] == "user.suspended"


def test_accepted_events_end_and_what_a_receiver_waits_for_does_not(ada: Person, clock: Clock, settings: object):
    suspension.suspend(ada.user, reason="", by=None, origin=None, now=clock.now)
    HookDelivery.objects.filter(receiver="books").update(state=HookState.SENT, sent_at=clock.now)
    clock.move(days=settings.PORTAL_KEEP_HOOKS_DAYS + 1)

    assert dict(purging.purge(now=clock.now))["events for the firm's systems"] == 0

    settings.PORTAL_HOOK_URLS = settings.PORTAL_HOOK_URLS[:1]  # nobody waits any more
    assert dict(purging.purge(now=clock.now - timedelta(days=2)))["events for the firm's systems"] == 0
    assert dict(purging.purge(now=clock.now))["events for the firm's systems"] == 1
    assert not HookDelivery.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_is_recorded_and_what_is_only_told_never_wait_for_each_other(clock: Clock):
    ada = factories.customer("ada")
    recorded(Action.QUESTIONS_SET, ada)

    def object_to_a_recovery() -> None:
        with transaction.atomic():
            hook_events.tell(ada.user, PASSWORD_SET, by=None, now=clock.now)
            recorded(Action.SUSPENDED, User.objects.select_for_update(of=("self",)).get(pk=ada.user.pk))

    def set_a_password() -> None:
        with transaction.atomic():
            recorded(Action.PASSWORD_SET, User.objects.select_for_update(of=("self",)).get(pk=ada.user.pk))

    for _ in range(ROUNDS):
        at_once(*[object_to_a_recovery] * 4, *[set_a_password] * 4)

    sequences = HookEvent.objects.order_by("pk").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, 12 * ROUNDS + 1))
