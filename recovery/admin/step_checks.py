"""Who may take a step, and when: each check raises the refusal that the action would raise."""

from accounts.enums import Role
from recovery.actions import assignment, possession, questions, reviews
from recovery.admin import visibility
from recovery.admin.visibility import Viewer
from recovery.enums import State
from recovery.methods.contract import Method
from recovery.models import Case, Decision
from recovery.policies import state_machine
from recovery.refusals import CaseNotOpen, MayNotDecide, NotYours


def _in_hand(case: Case, viewer: Viewer, *states: State) -> None:
    """Refuse unless the case is this user's and in one of these states."""
    viewer.need(*visibility.WORKERS)
    if case.maker_id != viewer.user.pk:
        raise NotYours
    if case.state not in states:
        raise CaseNotOpen(case.state)


def may_ask(case: Case, viewer: Viewer) -> None:
    """Refuse unless this agent is asking the questions."""
    _in_hand(case, viewer, State.VERIFYING)


def may_finish(case: Case, viewer: Viewer) -> None:
    """Refuse unless every question was asked."""
    may_ask(case, viewer)
    if case.claim is None or questions.unanswered(case.claim).exists():
        raise CaseNotOpen(case.state)


def may_send(method: Method, case: Case, viewer: Viewer) -> None:
    """Refuse unless the method is open to the case, and the case is this user's."""
    _in_hand(case, viewer, State.POSSESSION)
    if method not in possession.offered(case):
        raise CaseNotOpen(case.state)


def may_state(case: Case, viewer: Viewer) -> None:
    """Refuse unless a statement is due from this agent."""
    _in_hand(case, viewer, State.VERIFYING, State.POSSESSION, State.PROOFING)
    if case.has_statement:  # type: ignore[attr-defined]  # annotated by visibility.queue
        raise CaseNotOpen(case.state)


def may_give_back(case: Case, viewer: Viewer) -> None:
    """Refuse cases that are not this user's, or need no more work by an agent."""
    _in_hand(case, viewer, *assignment.ASSIGNABLE_STATES)
    if case.has_statement:  # type: ignore[attr-defined]  # annotated by visibility.queue
        raise CaseNotOpen(case.state)


def _drawn(case: Case, viewer: Viewer) -> Decision:
    """Return the decision for which this user was drawn; refuse everybody else."""
    viewer.need(Role.SENIOR)
    decision = visibility.pending(case)
    if decision is None or case.state != State.REVIEW:
        raise CaseNotOpen(case.state)
    if decision.assigned_to_id == viewer.user.pk:
        return decision
    if case.maker_id == viewer.user.pk:
        raise MayNotDecide
    raise NotYours


def may_begin(case: Case, viewer: Viewer) -> None:
    """Refuse everybody but the senior drawn, before the review has begun."""
    if _drawn(case, viewer).opened_at is not None:
        raise CaseNotOpen(case.state)


def may_approve(case: Case, viewer: Viewer) -> None:
    """Refuse everybody but the senior drawn, once the review has begun."""
    if _drawn(case, viewer).opened_at is None:
        raise CaseNotOpen(case.state)


def may_decide(case: Case, viewer: Viewer) -> None:
    """Refuse everybody but the senior drawn."""
    _drawn(case, viewer)


def may_record_papers(case: Case, viewer: Viewer) -> None:
    """Refuse everybody but the agent of a case that waits for papers, and seniors."""
    viewer.need(*visibility.WORKERS)
    if case.maker_id != viewer.user.pk:
        viewer.need(Role.SENIOR)
    if case.state != State.PROOFING:
        raise CaseNotOpen(case.state)


def may_refuse_papers(case: Case, viewer: Viewer) -> None:
    """Refuse everybody but seniors who were not involved in a case that waits for papers."""
    viewer.need(Role.SENIOR)
    if viewer.user.pk in reviews.people_involved_in(case):
        raise MayNotDecide
    if case.state != State.PROOFING:
        raise CaseNotOpen(case.state)


def may_refuse_contested(case: Case, viewer: Viewer) -> None:
    """Refuse the maker, and the senior who proposed the refusal."""
    viewer.need(Role.SENIOR)
    if case.maker_id == viewer.user.pk:
        raise MayNotDecide
    if case.state != State.CONTESTED:
        raise CaseNotOpen(case.state)
    if case.events.filter(action="refusal_proposed", actor=viewer.user).exists():
        raise MayNotDecide


def may_contest(case: Case, viewer: Viewer) -> None:
    """Refuse cases that cannot be contested."""
    viewer.need(*visibility.WORKERS)
    if case.state not in state_machine.DISPUTABLE:
        raise CaseNotOpen(case.state)
