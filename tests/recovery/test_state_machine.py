"""The table of moves, and that actions and database hold every case to it."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from recovery.actions import transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, State
from recovery.models import Case, Event
from recovery.policies import state_machine
from recovery.refusals import CaseMoved, CaseNotOpen

PAIRS = list(itertools.product(State, State))


def case_in(walk, state: State) -> Case:
    """Put a case into a state by legal moves alone, whoever would make them."""
    walk.opened()
    for step in path_to(state):
        case = transitions.lock(walk.claim.case_id)
        columns = {"claim": walk.claim, "maker": walk.maker, "ready_until": case.opened_at}
        actor = next(iter(state_machine.MOVES[State(case.state), step]))
        transitions.move(case, step, "taken", who=Who(actor), now=case.opened_at, **columns)
    return Case.objects.select_related("policy").get(pk=walk.claim.case_id)


def path_to(goal: State) -> list[State]:
    """The shortest way there in the table."""
    ways = [[State.OPEN]]
    for way in ways:
        if way[-1] == goal:
            return way[1:]
        ways += [[*way, new] for old, new in state_machine.MOVES if old == way[-1] and new not in way]
    raise AssertionError(goal)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached_from_the_start(state):
    assert state == State.OPEN or path_to(state)


@pytest.mark.parametrize("state", sorted(state_machine.TERMINAL))
def test_a_closed_case_is_never_left(state):
    assert not [pair for pair in state_machine.MOVES if pair[0] == state]


@pytest.mark.parametrize("state", sorted(set(State) - state_machine.TERMINAL))
def test_no_open_state_is_a_dead_end(state):
    assert [pair for pair in state_machine.MOVES if pair[0] == state]


@pytest.mark.promise("CASE-4")
def test_only_a_senior_moves_a_case_out_of_review_toward_the_account():
    assert state_machine.MOVES[State.REVIEW, State.COOLING] == {Actor.SENIOR}
    assert {old for old, new in state_machine.MOVES if new == State.COOLING} == {State.REVIEW}


@pytest.mark.promise("CASE-3")
def test_knowledge_alone_never_leads_past_possession():
    assert {new for old, new in state_machine.MOVES if old == State.VERIFYING} == {
        State.POSSESSION,
        State.PROOFING,
        State.REFUSED,
        State.CANCELLED,
        State.WITHDRAWN,
        State.EXPIRED,
    }


@pytest.mark.parametrize("state", State)
def test_an_action_moves_a_case_only_as_the_table_says_for_each_kind_of_actor(clock, walk, state):
    case = case_in(walk, state)

    for to, actor in itertools.product(State, Actor):
        may = actor in state_machine.MOVES.get((state, to), ())
        with transaction.atomic():
            locked = transitions.lock(case.pk)
            try:
                transitions.move(locked, to, "taken", who=Who(actor), now=clock.now)
                moved = True
            except CaseNotOpen:
                moved = False
            transaction.set_rollback(True)
        assert moved is may, (state, to, actor)


@pytest.mark.promise("CASE-8")
@pytest.mark.parametrize("state", State)
def test_the_database_refuses_every_move_that_is_not_in_the_table(clock, walk, state):
    case = case_in(walk, state)

    for to in set(State) - {state}:
        closed = clock.now if to in state_machine.TERMINAL else None
        event = Event(case=case, n=case.event_n + 1, at=clock.now, actor_kind=Actor.SYSTEM, action="x", version=1)
        event.from_state, event.to_state, event.prev, event.digest = state, to, "", ""
        try:
            with transaction.atomic():
                event.save()
                Case.objects.filter(pk=case.pk).update(state=to, event_n=case.event_n + 1, closed_at=closed)
                transaction.set_rollback(True)
                moved = True
        except IntegrityError:
            moved = False
        assert moved is ((state, to) in state_machine.MOVES), (state, to)


@pytest.mark.parametrize(
    ("state", "has_possession", "leads_to"),
    [
        (State.OPEN, False, State.CANCELLED),
        (State.VERIFYING, False, State.CANCELLED),
        (State.POSSESSION, False, State.CANCELLED),
        (State.POSSESSION, True, State.CONTESTED),
        (State.PROOFING, True, State.CONTESTED),
        (State.PROOFING, False, State.CANCELLED),
        (State.REVIEW, True, State.CONTESTED),
        (State.COOLING, True, State.CONTESTED),
        (State.GRANT_READY, True, State.CONTESTED),
        (State.ENROLLING, True, State.CONTESTED),
        (State.HOLD, True, State.CONTESTED),
        (State.DONE, True, None),
        (State.REFUSED, False, None),
        (State.CONTESTED, True, None),
    ],
)
def test_where_an_objection_leads_depends_on_what_was_shown(state, has_possession, leads_to):
    assert state_machine.after_objection(state, has_possession=has_possession) == leads_to


def test_a_case_that_changed_meanwhile_does_not_move(clock, walk):
    walk.opened()
    stale = walk.case
    with transaction.atomic():
        transitions.note(walk.case, "taken", who=Who(Actor.SYSTEM), now=clock.now)

    with pytest.raises((CaseMoved, IntegrityError)), transaction.atomic():
        transitions.note(stale, "given_back", who=Who(Actor.SYSTEM), now=clock.now)
