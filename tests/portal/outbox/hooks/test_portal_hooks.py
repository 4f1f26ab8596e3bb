"""``manage.py portal_hooks``: look, send again, skip, try; no secret and no content on the screen."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from portal.outbox.hooks import events, receivers, sending, signatures
from portal.outbox.models import HookDelivery, HookEvent, HookState
from tests.conftest import Clock
from tests.factories import Person
from tests.hook_receiver import SECRET, FirmSystem, tell

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-4")]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("portal_hooks", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("portal_hooks", *arguments, stdout=out)
    return f"{out.getvalue()}{error.value}"


def empty(receiver: str = "books") -> None:
    while sending.deliver_due(receiver=receiver):
        pass


def test_events_since_a_time_are_sent_again_under_the_same_ids_and_in_order(
    ada: Person, books: FirmSystem, clock: Clock
) -> None:
    tell(ada.user)
    clock.move(days=1)
    events = tell(ada.user, 3)
    empty()
    books.taken.clear()

    assert "3" in run("replay", "--since", "2026-03-03")
    empty()

    assert [taken.headers["webhook-id"] for taken in books.taken] == [event.message_id for event in events]
    assert len(books.kept) == 4


@pytest.mark.parametrize("since", ["2026-03-02", "2026-03-02T12:00Z", "2026-03-02 14:00+02:00"])
def test_a_time_is_a_day_or_a_moment(ada: Person, books: FirmSystem, clock: Clock, since: str) -> None:
    tell(ada.user)
    empty()

    run("replay", "--since", since)
    empty()

    assert len(books.taken) == 2


@pytest.mark.parametrize(
    "arguments", [["--since", "yesterday"], ["--since", "2026-02-31"], ["--id", "evt_x"], ["--id", ""]]
)
def test_what_is_no_time_or_no_event_is_refused(books: FirmSystem, arguments: list[str]) -> None:
    assert refused("replay", *arguments)


def test_a_receiver_that_has_come_since_gets_what_it_has_not_heard(
    ada: Person, systems: list[FirmSystem], clock: Clock, settings: object
) -> None:
    books, crm = systems
    settings.PORTAL_HOOK_URLS = [books.url]
    tell(ada.user, 3)
    empty()
    settings.PORTAL_HOOK_URLS = [books.url, crm.url]

    run("replay", "--since", "2026-03-01", "--receiver", "crm")
    empty("crm")
    empty("books")

    assert crm.sequences("ada") == [1, 2, 3]
    assert len(books.taken) == 3


def test_what_was_given_up_is_sent_again_and_what_waited_behind_it_follows(
    ada: Person, books: FirmSystem, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MAX_ATTEMPTS", 1)
    books.status = 400
    events = tell(ada.user, 3)
    empty()
    shown = refused("list")
    assert f"{events[0].message_id} password.set to books: given up, status 400" in shown

    books.status = 204
    run("replay", "--given-up")
    empty()

    assert books.sequences("ada") == [1, 2, 3]


def test_skipping_an_event_lets_what_follows_it_pass(ada: Person, systems: list[FirmSystem], clock: Clock) -> None:
    books, crm = systems
    books.status = 400
    first, *_rest = tell(ada.user, 3)
    empty()
    books.status = 204

    assert "1" in run("skip", "--id", first.message_id, "--receiver", "books")
    empty("books")
    empty("crm")

    assert books.sequences("ada") == [2, 3]
    assert crm.sequences("ada") == [1, 2, 3]


def test_everything_for_a_receiver_that_is_gone_can_be_skipped(
    ada: Person, systems: list[FirmSystem], settings: object
) -> None:
    tell(ada.user, 3)
    settings.PORTAL_HOOK_URLS = [systems[0].url]
    assert "crm (not in PORTAL_HOOK_URLS): 3 waiting" in refused("list")
    assert "--receiver" in refused("skip", "--all")

    run("skip", "--all", "--receiver", "crm")

    assert set(HookDelivery.objects.filter(receiver="crm").values_list("state", flat=True)) == {HookState.SKIPPED}
    assert "crm" not in run("list")


def test_what_a_worker_holds_is_not_taken_from_it(ada: Person, books: FirmSystem, clock: Clock) -> None:
    [event] = tell(ada.user)
    held = sending.claim(receiver="books", now=clock.now)

    assert "0" in run("replay", "--id", event.message_id)

    assert HookDelivery.objects.get().claims == held.claims == 1


def test_a_test_is_sent_at_once_to_each_and_waits_for_nothing(
    ada: Person, systems: list[FirmSystem], clock: Clock
) -> None:
    tell(ada.user)

    assert run("test") == "books: accepted\ncrm: accepted\n"

    for system in systems:
        assert system.types == ["hooks.test"]
        assert json.loads(system.taken[0].body)["data"] == {}


def test_a_worker_leaves_a_test_to_the_command(books: FirmSystem, clock: Clock) -> None:
    events.queue_test(receivers.by_name("books"), now=clock.now)

    assert sending.deliver_due(receiver="books") == 0
    assert books.taken == []


def test_a_test_that_is_not_accepted_ends_with_1_and_is_not_sent_again(systems: list[FirmSystem], clock: Clock) -> None:
    systems[0].status = 403

    shown = refused("test")

    assert "books: not accepted, status 403" in shown
    assert "crm: accepted" in shown
    clock.move(days=2)
    empty()
    assert len(systems[0].taken) == 1
    assert refused("test", "--receiver", "nobody")


def test_the_list_is_quiet_when_all_is_well_and_shows_no_content(ada: Person, books: FirmSystem, clock: Clock) -> None:
    tell(ada.user)
    empty()

    assert run("list") == "books: 0 waiting, 0 given up, last accepted 2026-03-02 12:00:00 UTC\n"


def test_nothing_secret_or_personal_is_on_the_screen(ada: Person, books: FirmSystem, clock: Clock) -> None:
    books.status = 500
    tell(ada.user)
    empty()

    shown = run("list") + refused("test") + run("replay", "--since", "2026-03-01")

    for word in (SECRET, SECRET[6:], "ada", books.origin, ada.user.customer.number):
        assert word not in shown


def test_without_receivers_the_command_says_so(settings: object) -> None:
    assert "PORTAL_HOOK_URLS" in run("list")
    assert "PORTAL_HOOK_URLS" in refused("test")


def test_a_new_secret_is_printed_and_nothing_is_stored() -> None:
    assert signatures.is_secret(run("secret").strip())
    assert not HookEvent.objects.exists()
