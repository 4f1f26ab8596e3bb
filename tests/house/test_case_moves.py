"""Every move of a case in the table is made by an action, for every kind of actor that the table names.

Each line of ``MADE_BY`` is walked by the actions alone: whoever adds a move has to show here what makes it.
"""

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import AccountActivity, User
from recovery.actions import claims, grants, objections, papers, questions, reviews, statements, timers
from recovery.enums import Actor, FlagKind, Observed, Severity, State
from recovery.models import Flag
from recovery.policies import state_machine
from recovery.refusals import CaseNotOpen
from tests.recovery.conftest import ORIGIN, REASON, Walk, holder, kim, lee, now, walk, wrong_answer  # noqa: F401  fixtures

Make = Callable[[Walk, object], object]


# --- How a case comes into each state ------------------------------------------------------------------


def proofing(way, clock):
    way.in_review().approved(clock)
    for _wait in range(2):
        run_out(way, clock)


REACHED_BY: dict[State, Make] = {
    State.OPEN: lambda way, clock: way.opened(),
    State.VERIFYING: lambda way, clock: way.in_session(),
    State.POSSESSION: lambda way, clock: way.in_session().answered(),
    State.PROOFING: proofing,
    State.REVIEW: lambda way, clock: way.in_review(),
    State.COOLING: lambda way, clock: way.in_review().approved(clock),
    State.GRANT_READY: lambda way, clock: way.ready(clock),
    State.ENROLLING: lambda way, clock: way.ready(clock).started().opened_grant(),
    State.HOLD: lambda way, clock: way.ready(clock).started().opened_grant().completed(),
    State.CONTESTED: lambda way, clock: by_owner(way.in_review(), clock),
}


def on_papers(way, clock):
    """Bring a case to where papers are shown with nothing on file but who they are."""
    nothing_on_file(way)
    way.in_session().answered()


def nothing_on_file(way):
    user = User.objects.get(username=way.username)
    AccountActivity.objects.all().delete()
    user.security_answers.all().delete()
    user.customer.application = {}
    user.customer.save()


# Where the move is not made from a case that came into its state as above.
OTHERWISE: dict[tuple[State, State, Actor], Make] = {
    (State.VERIFYING, State.PROOFING, Actor.SYSTEM): lambda way, clock: (nothing_on_file(way), way.in_session()),
    (State.PROOFING, State.CANCELLED, Actor.OWNER): on_papers,
    (State.REVIEW, State.PROOFING, Actor.SENIOR): lambda way, clock: (
        on_papers(way, clock),
        papers_recorded(way, clock),
    ),
}


# --- What makes each move ------------------------------------------------------------------------------


def run_out(way, clock):
    clock.set(way.case.until)
    timers.tick(clock.now)


def waited(way, clock):
    way.waited(clock)


def not_reached(way, clock):
    run_out(way, clock)
    run_out(way, clock)


def by_owner(way, clock):
    objections.stop_signed_in(user=way.case.subject, origin=ORIGIN, now=now())


def by_owner_once_shown(way, clock):
    by_owner(way.with_mail_code(), clock)


def owner_is_back(way, clock):
    objections.cancel_own(user=way.case.subject, origin=ORIGIN, now=now())


def withdrawn(way, clock):
    claims.withdraw(claim=way.claim, browser=way.browser, origin=ORIGIN, now=now())


def key_lives(way, clock):
    clock.move(seconds=1)
    way.case.subject.key_set.update(last_used_at=clock.now, confirmed=True)
    timers.tick(clock.now)


def by_agent(way, clock):
    objections.contest_by_desk(case=way.case, reason=REASON, by=way.maker, origin=ORIGIN, now=now())


def by_senior(way, clock):
    senior = next(iter(way.seniors.values())).user
    objections.contest_by_desk(case=way.case, reason=REASON, by=senior, origin=ORIGIN, now=now())


def second_claim(way, clock):
    other = Walk(way.maker, browser="of somebody else").opened()
    with pytest.raises(CaseNotOpen):
        questions.start_session(claim=other.claim, by=way.maker, origin=ORIGIN, now=now())


def alarm(way, clock):
    facts = {"recommends": False, "call_reference": "", "by": way.maker, "origin": ORIGIN, "now": now()}
    statements.file_statement(claim=way.claim, codes=[Observed.DURESS], **facts)
    way.with_mail_code()


def decided(action) -> Make:
    return lambda way, clock: action(
        decision=way.decision, reason=REASON, by=way.checker().user, origin=ORIGIN, now=now()
    )


def papers_recorded(way, clock):
    papers.record_papers(case=way.case, shown=REASON, by=way.maker, origin=ORIGIN, now=now())


def papers_with_an_alarm(way, clock):
    facts = {"severity": Severity.RED, "raised_by": way.maker, "at": now()}
    Flag.objects.create(case=way.case, claim=way.claim, kind=FlagKind.DURESS, **facts)
    papers_recorded(way, clock)


def papers_refused(way, clock):
    senior = next(iter(way.seniors.values())).user
    papers.refuse_papers(case=way.case, reason=REASON, by=senior, origin=ORIGIN, now=now())


def left(way, clock):
    grants.leave(grant=way.grant, origin=ORIGIN, now=now())


def both_refuse(way, clock):
    for senior in way.seniors.values():
        objections.refuse_contested(case=way.case, reason=REASON, by=senior.user, origin=ORIGIN, now=now())


MADE_BY: dict[tuple[State, State, Actor], Make] = {
    (State.OPEN, State.VERIFYING, Actor.AGENT): lambda way, clock: way.in_session(),
    (State.VERIFYING, State.POSSESSION, Actor.SYSTEM): lambda way, clock: way.answered(),
    (State.VERIFYING, State.PROOFING, Actor.SYSTEM): lambda way, clock: way.answered(),
    (State.VERIFYING, State.REFUSED, Actor.SYSTEM): lambda way, clock: way.answered(wrong_answer),
    (State.POSSESSION, State.REVIEW, Actor.SYSTEM): lambda way, clock: way.stated().with_mail_code(),
    (State.POSSESSION, State.REFUSED, Actor.SYSTEM): alarm,
    (State.PROOFING, State.REVIEW, Actor.SYSTEM): papers_recorded,
    (State.PROOFING, State.REFUSED, Actor.SENIOR): papers_refused,
    (State.PROOFING, State.REFUSED, Actor.SYSTEM): papers_with_an_alarm,
    (State.PROOFING, State.CANCELLED, Actor.OWNER): by_owner,
    (State.REVIEW, State.COOLING, Actor.SENIOR): lambda way, clock: way.approved(clock),
    (State.REVIEW, State.POSSESSION, Actor.SENIOR): decided(reviews.return_case),
    (State.REVIEW, State.PROOFING, Actor.SENIOR): decided(reviews.return_case),
    (State.REVIEW, State.REFUSED, Actor.SENIOR): decided(reviews.refuse),
    (State.COOLING, State.GRANT_READY, Actor.CLOCK): waited,
    (State.COOLING, State.PROOFING, Actor.CLOCK): not_reached,
    (State.GRANT_READY, State.ENROLLING, Actor.CLAIMANT): lambda way, clock: way.started().opened_grant(),
    (State.ENROLLING, State.GRANT_READY, Actor.CLAIMANT): left,
    (State.ENROLLING, State.GRANT_READY, Actor.CLOCK): run_out,
    (State.ENROLLING, State.HOLD, Actor.CLAIMANT): lambda way, clock: way.completed(),
    (State.HOLD, State.DONE, Actor.CLOCK): run_out,
    (State.HOLD, State.CONTESTED, Actor.OWNER): by_owner,
    (State.CONTESTED, State.REFUSED, Actor.SENIOR): both_refuse,
    (State.POSSESSION, State.CONTESTED, Actor.OWNER): by_owner_once_shown,
}
for state in (State.POSSESSION, State.PROOFING, State.REVIEW, State.COOLING, State.GRANT_READY, State.ENROLLING):
    MADE_BY.setdefault((state, State.CONTESTED, Actor.OWNER), by_owner)
    MADE_BY[state, State.CONTESTED, Actor.AGENT] = by_agent
    MADE_BY[state, State.CONTESTED, Actor.SENIOR] = by_senior
    MADE_BY[state, State.CONTESTED, Actor.SYSTEM] = key_lives
for state in (State.COOLING, State.GRANT_READY, State.ENROLLING):
    MADE_BY[state, State.REVIEW, Actor.SYSTEM] = second_claim
for state in (State.OPEN, State.VERIFYING, State.POSSESSION):
    MADE_BY[state, State.CANCELLED, Actor.OWNER] = by_owner
for state in set(State) - state_machine.TERMINAL - {State.HOLD, State.CONTESTED}:
    MADE_BY[state, State.WITHDRAWN, Actor.CLAIMANT] = withdrawn
    MADE_BY[state, State.WITHDRAWN, Actor.OWNER] = owner_is_back
for state in (State.OPEN, State.VERIFYING, State.POSSESSION, State.PROOFING, State.GRANT_READY):
    MADE_BY[state, State.EXPIRED, Actor.CLOCK] = run_out


def test_the_table_has_no_move_that_nothing_makes_and_no_action_is_left_out():
    assert set(MADE_BY) == {(old, new, actor) for (old, new), actors in state_machine.MOVES.items() for actor in actors}


@pytest.mark.parametrize("state", REACHED_BY)
def test_every_way_out_of_a_state_is_gone_by_an_action(clock, walk, state):  # noqa: F811  the fixture
    REACHED_BY[state](walk, clock)
    assert walk.state == state
    begun, last = clock.now, walk.case.event_n
    known = vars(walk).copy()

    for (old, new, actor), make in MADE_BY.items():
        if old == state and (old, new, actor) not in OTHERWISE:
            with transaction.atomic():
                make(walk, clock)
                made = walk.case.events.filter(n__gt=last).values_list("from_state", "to_state", "actor_kind")
                assert (old, new, actor) in made, (old, new, actor)
                transaction.set_rollback(True)
            clock.set(begun)
            vars(walk).update(known)
            walk.claim.refresh_from_db()


@pytest.mark.parametrize("move", OTHERWISE)
def test_a_way_out_that_only_some_cases_have_is_gone_by_an_action(clock, walk, move):  # noqa: F811  the fixture
    old, new, actor = move
    OTHERWISE[move](walk, clock)
    assert walk.state == old
    last = walk.case.event_n

    MADE_BY[move](walk, clock)

    made = walk.case.events.filter(n__gt=last).values_list("from_state", "to_state", "actor_kind")
    assert (old, new, actor) in made


def test_from_every_open_state_some_action_leads_to_an_end():
    ends = set(state_machine.TERMINAL)
    for _step in State:
        ends |= {old for old, new in state_machine.MOVES if new in ends}

    assert ends == set(State)
    assert set(REACHED_BY) == set(State) - state_machine.TERMINAL
