"""Holds and recoveries reach the firm's systems as events, and they can ask what is on hold for an account (FIRM-4)."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.actions import suspension
from accounts.enums import MandateRole
from accounts.models import Mandate, TradingAccount
from portal.audit.models import SecurityEvent
from portal.outbox.hooks import event_types
from portal.outbox.models import HookEvent
from recovery.actions import case_holds, objections, timers, transitions
from recovery.enums import Scope, State
from recovery.models import Hold
from tests import factories
from tests.hook_receiver import NEW_SECRET, SECRET
from tests.recovery.conftest import NEW_PASSWORD, NEW_SEED, ORIGIN, Walk, now
from tests.recovery.test_objections import newest, stop

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-4")]
TOKEN = "a-token-of-the-firms-own-systems-0123456789"
SCOPES = sorted(map(str, Scope))


@pytest.fixture(autouse=True)
def hooks(settings):
    settings.PORTAL_HOOK_URLS = ["books=https://books.example.test/in"]
    settings.PORTAL_HOOK_SECRETS = f"{NEW_SECRET},{SECRET}"
    settings.PORTAL_FIRM_TOKENS = f"another-token-that-is-on-its-way-out-9876543210, {TOKEN}"


def told(holder, *kinds):
    rows = HookEvent.objects.filter(user=holder.user, type__in=kinds).order_by("sequence")
    return [(row.type, row.body["data"]) for row in rows]


def types(holder):
    return list(HookEvent.objects.filter(user=holder.user).order_by("sequence").values_list("type", flat=True))


def test_a_recovery_is_told_with_all_that_it_changed_in_one_order(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    assert types(holder) == []

    walk.completed()

    assert types(holder) == ["password.set", "keys.removed", "key.added", "holds.placed", "user.recovered"]
    [(_kind, data)] = told(holder, "holds.placed")
    assert (data["placed"], data["because"], data["by"]) == ([str(scope) for scope in Scope], "recovery", "portal")
    until = (clock.now + walk.case.terms.hold(1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert data["holds"] == [{"scope": scope, "until": until} for scope in SCOPES]


def test_no_secret_of_a_recovery_is_told(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    part = walk.second_part()

    walk.completed()

    everything = "".join(json.dumps(event.body) for event in HookEvent.objects.all())
    secrets = (NEW_PASSWORD, NEW_SEED, walk.pin, walk.first_part, part, walk.case.number, holder.user.email)
    assert [secret for secret in secrets if secret in everything] == []


def test_the_end_of_holds_is_told_once(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()

    walk.waited(clock)
    timers.tick(now())

    assert walk.state == State.DONE
    [(_kind, data)] = told(holder, "holds.ended")
    assert (data["ended"], data["holds"], data["by"]) == (SCOPES, [], "portal")


def test_an_objection_holds_and_its_holds_end_with_their_time_although_the_case_stays(clock, walk, holder):
    walk.in_review().approved(clock)
    timers.tick(clock.now)
    stop(newest("case_approved"))
    [(_kind, data)] = told(holder, "holds.placed")
    assert data["because"] == "objection"

    clock.set(Hold.objects.latest("until").until)
    timers.tick(now())
    timers.tick(now())

    assert walk.state == State.CONTESTED
    assert [data["ended"] for _kind, data in told(holder, "holds.ended")] == [SCOPES]
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_what_something_else_still_holds_is_not_told_as_ended(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    other = walk.case.holds.get(scope=Scope.WITHDRAW)
    Hold.objects.filter(pk=walk.case.holds.get(scope=Scope.BANK).pk).update(until=other.until + timedelta(days=1))
    clock.set(other.until)

    timers.tick(now())

    [(_kind, data)] = told(holder, "holds.ended")
    assert str(Scope.BANK) not in data["ended"]
    assert [hold["scope"] for hold in data["holds"]] == [str(Scope.BANK)]
    clock.move(days=1)
    timers.tick(now())
    assert [data["ended"] for _kind, data in told(holder, "holds.ended")][1:] == [[str(Scope.BANK)]]


def test_what_another_case_holds_is_not_told_as_ended_until_that_ends_too(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    until = walk.case.until
    later = Walk(walk.maker).opened().case
    longer = {"starts_at": clock.now, "until": until + timedelta(days=1)}
    Hold.objects.create(case=later, subject=holder.user, scope=Scope.WITHDRAW, **longer)

    timers.tick(clock.set(until))
    timers.tick(clock.move(days=1))

    first, second = (data["ended"] for _kind, data in told(holder, "holds.ended"))
    assert first == [scope for scope in SCOPES if scope != Scope.WITHDRAW]
    assert second == [Scope.WITHDRAW]


def test_a_hold_that_is_extended_is_told_again_and_one_that_is_not_is_not(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    with_same = transitions.lock
    case_holds.place(with_same(walk.case.pk), now=clock.now)
    assert len(told(holder, "holds.placed")) == 1

    clock.move(hours=1)
    case_holds.place(with_same(walk.case.pk), now=clock.now)

    first, second = told(holder, "holds.placed")
    assert second[1]["holds"][0]["until"] > first[1]["holds"][0]["until"]


def test_an_owner_who_objects_after_a_recovery_is_told_as_suspended(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    timers.tick(now())

    objections.stop_signed_in(user=holder.user, origin=ORIGIN, now=clock.move(hours=1))

    assert types(holder)[-2:] == ["holds.placed", "user.suspended"]


# --- Asked by account ---------------------------------------------------------------------------------


def asked(number, token=TOKEN, **options):
    given = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return Client().get(f"/firm/holds/{number}/", **given, **options)


def verified(answer):
    return Webhook(SECRET).verify(answer.content, dict(answer.headers))


def account_of(person):
    return TradingAccount.objects.get(mandates__user=person.user)


def test_the_firm_reads_what_is_on_hold_signed(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    placed = clock.now
    lea = factories.customer("lea")
    Mandate.objects.create(user=lea.user, account=account_of(holder), role=MandateRole.ADVISER)
    suspension.suspend(lea.user, reason="x", by=None, origin=None, now=clock.move(minutes=1))

    answer = asked(account_of(holder).number)

    told = verified(answer)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert (told["type"], told["id"]) == ("account.holds", answer["webhook-id"])
    data = told["data"]
    assert (data["account"], data["known"]) == (account_of(holder).number, True)
    assert sorted(hold["scope"] for hold in data["holds"]) == SCOPES
    ada = {"username": "ada", "customer": holder.user.customer.number, "role": "owner"}
    assert all(ada.items() <= hold.items() and hold["because"] == "recovery" for hold in data["holds"])
    assert {hold["since"] for hold in data["holds"]} == {f"{placed:%Y-%m-%dT%H:%M:%S}.000Z"}
    assert [(one["username"], one["role"]) for one in data["suspended"]] == [("lea", "adviser")]
    Webhook(NEW_SECRET).verify(answer.content, dict(answer.headers))


def test_what_concerns_other_accounts_is_not_in_it(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    lea = factories.customer("lea")
    suspension.suspend(lea.user, reason="x", by=None, origin=None, now=clock.now)

    mine, theirs = (verified(asked(account_of(person).number))["data"] for person in (holder, lea))

    assert ({hold["username"] for hold in mine["holds"]}, mine["suspended"]) == ({"ada"}, [])
    assert (theirs["holds"], [one["username"] for one in theirs["suspended"]]) == ([], ["lea"])


def test_an_answer_that_was_touched_does_not_verify(clock, walk, holder):
    answer = asked(account_of(holder).number)

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(answer.content.replace(b'"known":true', b'"known":null'), dict(answer.headers))


def test_what_is_over_is_not_in_it(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    clock.set(walk.case.until)

    assert verified(asked(account_of(holder).number))["data"]["holds"] == []


def test_an_account_nobody_knows_is_said_to_be_unknown_and_signed(clock):
    answer = asked("U-there-is/none")

    assert answer.status_code == 404
    assert verified(answer)["data"] == {"account": "U-there-is/none", "known": False, "holds": [], "suspended": []}


def test_reading_sets_no_cookie_writes_nothing_and_is_not_kept(clock, holder):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = asked(account_of(holder).number)

    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", f"{TOKEN}, {TOKEN}", TOKEN.upper(), "ü" * 43])
def test_without_the_token_there_is_no_answer_and_the_log_says_so(clock, holder, token, caplog):
    answer = asked(account_of(holder).number, token)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "webhook-signature" not in answer
    assert [line.message for line in caplog.records if line.name == "portal.security"]
    assert not any(TOKEN in str(line.__dict__) for line in caplog.records)


def test_a_token_in_another_place_is_none(clock, holder):
    path = f"/firm/holds/{account_of(holder).number}/"

    assert Client().get(path, {"token": TOKEN}).status_code == 401
    assert Client().get(path, HTTP_AUTHORIZATION=TOKEN).status_code == 401
    assert Client().get(path, HTTP_AUTHORIZATION=f"Basic {TOKEN}").status_code == 401


def test_wrong_tokens_are_counted_and_the_right_one_always_works(clock, holder):
    number = account_of(holder).number
    assert [asked(number, "wrong").status_code for _ in range(21)] == [401] * 20 + [429]
    assert int(asked(number, "wrong")["Retry-After"]) > 0

    assert asked(number).status_code == 200
    assert asked(number, "wrong", REMOTE_ADDR="198.51.100.7").status_code == 401


def test_the_word_before_a_token_is_taken_in_any_case(clock, holder):
    path = f"/firm/holds/{account_of(holder).number}/"

    assert Client().get(path, HTTP_AUTHORIZATION=f"bearer {TOKEN}").status_code == 200


def test_both_tokens_work_while_one_is_changed(clock, holder):
    assert asked(account_of(holder).number, "another-token-that-is-on-its-way-out-9876543210").status_code == 200


def test_without_a_token_in_the_settings_there_is_no_such_page(clock, holder, settings):
    settings.PORTAL_FIRM_TOKENS = ""
    settings.PORTAL_HOOK_SECRETS = SECRET

    for token in ("", TOKEN):
        answer = asked(account_of(holder).number, token)
        assert answer.status_code == 404
        assert "webhook-id" not in answer


def test_what_nothing_signs_is_not_answered(clock, holder, settings):
    settings.PORTAL_HOOK_SECRETS = ""

    assert asked(account_of(holder).number).status_code == 404


def test_only_reading_is_possible(clock, holder):
    path = f"/firm/holds/{account_of(holder).number}/"
    client = Client(headers={"Authorization": f"Bearer {TOKEN}"})

    assert {client.generic(method, path).status_code for method in ("POST", "PUT", "DELETE")} == {405}
    assert client.head(path).status_code == 200


def test_events_and_answers_are_of_types_that_are_told_apart():
    assert "account.holds" not in {kind.name for kind in event_types.every()}
