"""Events arrive at the firm's systems: signed, in order by username, each once, whatever the receiver does."""

import json
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from standardwebhooks import Webhook, WebhookVerificationError

from portal.outbox.hooks import operating, receivers, sending
from portal.outbox.models import HookDelivery, HookState
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.hook_receiver import NEW_SECRET, SECRET, FirmSystem, tell
from tests.races import ROUNDS, at_once

BASE_DIR = Path(__file__).resolve().parents[4]
pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-4")]


def send(receiver: str = "books") -> int:
    return sending.deliver_due(receiver=receiver)


def states(receiver: str = "books") -> list[str]:
    return list(HookDelivery.objects.filter(receiver=receiver).order_by("pk").values_list("state", flat=True))


def test_an_event_arrives_signed_with_its_id_and_time(ada: Person, books: FirmSystem, clock: Clock) -> None:
    [event] = tell(ada.user)
    clock.move(seconds=40)

    assert send() == 1

    [taken] = books.taken
    assert (taken.path, taken.headers["Content-Type"]) == ("/events/in", "application/json")
    assert taken.headers["webhook-id"] == event.message_id
    assert taken.headers["webhook-timestamp"] == str(int(clock.now.timestamp()))
    assert Webhook(SECRET).verify(taken.body, taken.headers)["timestamp"] == "2026-03-02T12:00:00.000Z"
    assert send() == 0


def test_a_body_that_was_touched_or_another_secret_does_not_verify(ada: Person, books: FirmSystem) -> None:
    tell(ada.user)
    send()
    [taken] = books.taken

    for secret, body in ((NEW_SECRET, taken.body), (SECRET, taken.body.replace(b"ada", b"eve"))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, taken.headers)


def test_while_a_secret_is_changed_both_verify(ada: Person, books: FirmSystem, settings: object) -> None:
    settings.PORTAL_HOOK_SECRETS = f"{NEW_SECRET}, {SECRET}"
    tell(ada.user)

    send()

    [taken] = books.taken
    for secret in (SECRET, NEW_SECRET):
        Webhook(secret).verify(taken.body, taken.headers)


def test_nothing_is_sent_unsigned(ada: Person, books: FirmSystem, settings: object) -> None:
    settings.PORTAL_HOOK_SECRETS = ""
    tell(ada.user)

    assert send() == 0

    assert books.taken == []
    assert HookDelivery.objects.get().fault == "NothingSigns"


def test_a_receiver_that_answers_500_for_an_hour_gets_every_event_once_and_in_order(
    ada: Person, mallory: Person, books: FirmSystem, clock: Clock
) -> None:
    books.status = 500
    for minute in range(60):
        if minute % 10 == 0:
            tell(ada.user)
            tell(mallory.user, 2)
        send()
        clock.move(minutes=1)
    assert books.kept == {}

    books.status = 204
    for _ in range(40):
        while send():
            pass
        clock.move(minutes=1)

    assert books.sequences("ada") == list(range(1, 7))
    assert books.sequences("mallory") == list(range(1, 13))
    tried = [taken.headers["webhook-id"] for taken in books.taken]
    assert len(books.kept) == 18
    assert set(tried) == set(books.kept)
    assert len(tried) > 18
    assert set(states()) == {HookState.SENT}


def test_every_try_of_an_event_has_the_same_bytes(ada: Person, books: FirmSystem, clock: Clock) -> None:
    books.status = 503
    tell(ada.user)
    for _ in range(3):
        send()
        clock.move(minutes=5)

    assert len(books.taken) == 3
    assert len({taken.body for taken in books.taken}) == 1
    assert len({taken.headers["webhook-signature"] for taken in books.taken}) == 3


def test_a_receiver_that_is_away_gets_everything_when_it_is_back(
    ada: Person, books: FirmSystem, network: object, clock: Clock
) -> None:
    network.answers = ("127.0.0.77",)  # nothing listens there
    tell(ada.user, 3)
    send()
    assert HookDelivery.objects.order_by("sequence").first().fault == "ConnectionRefusedError"

    network.answers = ("127.0.0.1",)
    clock.move(minutes=1)
    while send():
        pass

    assert books.sequences("ada") == [1, 2, 3]


def test_a_slow_answer_counts_as_none_and_the_event_comes_again_under_its_id(
    ada: Person, books: FirmSystem, clock: Clock, settings: object
) -> None:
    settings.PORTAL_HOOK_TIMEOUT_SECONDS = 1
    hung_up = threading.Event()
    books.behaviour = lambda handler: (handler.rfile.read(1), hung_up.set())
    [event] = tell(ada.user)

    assert send() == 0
    assert hung_up.wait(30)

    books.behaviour = None
    clock.move(minutes=1)
    assert send() == 1
    assert [taken.headers["webhook-id"] for taken in books.taken] == [event.message_id] * 2


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
def test_anything_but_success_is_no_acceptance_and_no_redirect_is_followed(
    ada: Person, books: FirmSystem, status: int
) -> None:
    books.status, books.location = status, f"{books.origin}/elsewhere"
    tell(ada.user)

    assert send() == 0

    assert len(books.taken) == 1
    assert HookDelivery.objects.get().fault == f"status {status}"
    assert states() == [HookState.DUE]


def test_a_private_receiver_is_reached_where_it_is_listed_with_the_certificate_of_the_firms_own_authority(
    ada: Person, books: FirmSystem, network: object, settings: object, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    class Firm(receivers.HookNetwork):
        def resolve(self, host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

    monkeypatch.setattr(sending, "network", Firm())
    settings.PORTAL_HOOK_CA_FILE = network.authority
    tell(ada.user)
    assert send() == 0
    assert HookDelivery.objects.get().fault == "AddressRefused"

    settings.PORTAL_HOOK_PRIVATE_HOSTS = ["books.example.test=127.0.0.0/8"]
    clock.move(minutes=1)
    assert send() == 1

    settings.PORTAL_HOOK_CA_FILE = ""
    tell(ada.user)
    assert send() == 0
    assert HookDelivery.objects.latest("pk").fault == "SSLCertVerificationError"


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize(
    "answers", [("10.0.0.1",), ("169.254.169.254",), ("127.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1",)]
)
def test_a_name_that_leads_into_a_private_network_later_is_refused(
    ada: Person, books: FirmSystem, network: object, answers: tuple[str, ...]
) -> None:
    network.answers = answers
    tell(ada.user)

    assert send() == 0

    assert books.taken == []
    assert HookDelivery.objects.get().fault == "AddressRefused"


def test_the_next_event_of_a_username_waits_and_other_usernames_do_not(
    ada: Person, mallory: Person, books: FirmSystem, clock: Clock
) -> None:
    books.status = 500
    tell(ada.user, 2)
    send()
    books.status = 204
    tell(mallory.user)

    send()

    assert books.sequences("mallory") == [1]
    assert books.sequences("ada") == []
    clock.move(minutes=1)
    send()
    assert books.sequences("ada") == [1, 2]


def test_what_was_given_up_holds_up_what_follows(
    ada: Person, books: FirmSystem, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MAX_ATTEMPTS", 2)
    books.status = 400
    tell(ada.user, 2)
    for _ in range(5):
        send()
        clock.move(minutes=20)

    assert states() == [HookState.DEAD, HookState.DUE]
    books.status = 204
    assert send() == 0
    assert len(books.taken) == 2


def test_the_last_try_is_more_than_fourteen_days_after_the_first() -> None:
    waits = [min(10 * 2 ** min(n, 10), 900) for n in range(sending.MAX_ATTEMPTS - 1)]

    assert sum(waits) > 14 * 86_400


def test_one_receiver_that_is_away_holds_up_no_other(ada: Person, systems: list[FirmSystem], clock: Clock) -> None:
    books, crm = systems
    books.status = 500
    tell(ada.user, 3)
    send("books")

    assert send("crm") == 3
    assert crm.sequences("ada") == [1, 2, 3]
    assert states("books") == [HookState.DUE] * 3


def test_a_receiver_that_is_away_is_not_flooded(books: FirmSystem, clock: Clock) -> None:
    books.status = 500
    for number in range(12):
        tell(factories.customer(f"user{number}").user)

    send()

    assert len(books.taken) == 5


def test_an_event_that_was_sent_and_not_marked_is_sent_again_and_kept_once(
    ada: Person, books: FirmSystem, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ada.user, 2)
    with monkeypatch.context() as killed:
        killed.setattr(sending, "_finish", lambda *_args, **_columns: pytest.fail("killed here"))
        with pytest.raises(pytest.fail.Exception):
            send()
    assert send() == 0  # its lease lasts, and the next one waits for it

    clock.move(minutes=5)
    assert send() == 2

    assert [json.loads(taken.body)["data"]["sequence"] for taken in books.taken] == [1, 1, 2]
    assert books.sequences("ada") == [1, 2]


def test_a_worker_that_lost_its_lease_does_not_undo_what_another_does(
    ada: Person, books: FirmSystem, clock: Clock
) -> None:
    tell(ada.user)
    slow = sending.claim(receiver="books", now=clock.now)
    quick = sending.claim(receiver="books", now=clock.move(minutes=5))

    sending._try_again(slow, {"fault": "TimeoutError"})
    assert sending.claim(receiver="books", now=clock.now) is None
    sending.attempt(quick, receivers.by_name("books"))
    sending._finish(slow, state=HookState.DEAD, sent_at=None)

    assert states() == [HookState.SENT]


def test_many_events_that_wait_for_one_do_not_keep_another_username_from_its_turn(
    ada: Person, mallory: Person, books: FirmSystem, clock: Clock
) -> None:
    tell(ada.user, 2 * sending._CANDIDATES)
    held = sending.claim(receiver="books", now=clock.now)
    tell(mallory.user)

    assert send() == 1

    assert (held.sequence, books.sequences("mallory")) == (1, [1])


def test_an_event_is_not_claimed_if_one_before_it_is_sent_again_meanwhile(
    ada: Person, books: FirmSystem, clock: Clock
) -> None:
    first, second = tell(ada.user, 2)
    assert send() == 2
    operating.replay([first, second], to=["books"], now=clock.now)
    row = HookDelivery.objects.get(event=second)

    assert sending._claim_one(row.pk, row.claims, now=clock.now) is None


@pytest.mark.postgres
def test_what_waits_is_looked_up_by_username_although_the_statistics_know_of_no_outage(
    ada: Person, clock: Clock
) -> None:
    """Otherwise each claim compares all that wait with all that wait, for minutes, while a receiver is away."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_hookdelivery")

    plan = sending.candidates(receiver="books", now=clock.now).explain()

    assert "Anti Join" not in plan
    assert "(user_id = outbox_hookdelivery.user_id)" in plan


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_keep_the_order_and_send_nothing_twice(books: FirmSystem) -> None:
    users = [factories.customer(f"user{number}").user for number in range(6)]
    for _ in range(2 * ROUNDS):
        for user in users:
            tell(user)

    def work() -> None:
        for _ in range(200):
            send()
            if not HookDelivery.objects.exclude(state=HookState.SENT).exists():
                return
            time.sleep(0.01)

    at_once(*[work] * 4)

    assert len(books.taken) == len(books.kept) == 12 * ROUNDS
    for user in users:
        assert books.sequences(user.username) == list(range(1, 2 * ROUNDS + 1))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_events_of_one_username_at_the_same_moment_have_one_number_each(books: FirmSystem) -> None:
    ada = factories.customer("ada").user

    at_once(*[lambda: tell(ada)] * 8)

    rows = HookDelivery.objects.order_by("pk").values_list("sequence", flat=True)
    assert list(rows) == list(range(1, 9))


def test_the_receiver_in_the_how_to_takes_what_is_sent_and_nothing_else(ada: Person, books: FirmSystem) -> None:
    page = (BASE_DIR / "docs" / "how-to" / "hooks.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    stored: dict[str, dict] = {}
    theirs = {"SECRET": SECRET, "seen_before": stored.__contains__}
    theirs["store"] = lambda event: stored.setdefault(event["id"], event)
    exec(code, theirs)
    [event] = tell(ada.user)
    send()
    [taken] = books.taken

    answers = [theirs["receive"](dict(taken.headers), taken.body) for _ in range(2)]

    assert answers == [204, 204]
    assert list(stored) == [event.message_id]
    assert theirs["receive"](dict(taken.headers), taken.body + b" ") == 400
