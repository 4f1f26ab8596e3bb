"""Whatever is recorded about customers is told to the firm's systems, or is listed as not told, with a reason."""

import re

from accounts import hook_types as of_accounts
from accounts.actions.hook_events import NOT_TOLD, TOLD
from accounts.enums import Action
from portal.audit.event_names import RecordEvent
from portal.outbox.hooks import event_types, reference
from portal.outbox.hooks.event_types import EventType
from recovery import hook_types as of_recovery
from recovery.enums import OwnerEvent, ResetEvent
from tests.house.sources import own_python, product, read


def declared(module: object) -> dict[str, EventType]:
    return {name: value for name, value in vars(module).items() if isinstance(value, EventType)}


def test_every_action_is_told_or_listed_as_not_told():
    assert set(TOLD) | NOT_TOLD == {*Action, *RecordEvent}
    assert set(TOLD) & NOT_TOLD == set()


def test_what_recovery_records_for_the_owner_is_told_by_recovery_itself():
    assert {*OwnerEvent, *ResetEvent} & (set(TOLD) | NOT_TOLD) == set()


def test_every_type_of_event_follows_from_an_action():
    by_record = {told.kind.name for told in TOLD.values()}
    by_hand = {
        kind.name
        for name, kind in declared(of_recovery).items()
        if any(f"hook_types.{name}" in read(path) for path in product())
    }

    assert by_record | by_hand | {event_types.TEST.name} == {kind.name for kind in event_types.every()}
    assert by_record == {kind.name for kind in declared(of_accounts).values()}


def test_every_type_of_event_is_seen_in_a_test():
    tests = "\n".join(read(path) for path in own_python() if path.parts[0] == "tests")

    assert [kind.name for kind in event_types.every() if f'"{kind.name}"' not in tests] == []


def test_the_reference_shows_a_whole_example_of_every_type():
    page = reference.markdown()

    for kind in event_types.every():
        assert f"## {kind.name}\n" in page
        assert all(f"| `{name}` |" in page for name in kind.fields)


def test_names_are_of_a_thing_and_what_happened_to_it():
    assert [kind.name for kind in event_types.every() if not re.fullmatch(r"[a-z_]+\.[a-z_]+", kind.name)] == []
    assert max(len(kind.name) for kind in event_types.every()) <= 40
