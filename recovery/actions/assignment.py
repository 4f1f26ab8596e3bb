"""Assignment of cases to agents: take the next one, give it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.enums import Role
from accounts.models import User
from portal.lib import client
from recovery.actions import permissions, questions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, State, Verdict
from recovery.models import Case, Claim, Decision
from recovery.refusals import CaseNotOpen, NotYours, TooManyCases

MAX_CASES_PER_AGENT = 5
# States with work for an agent, in which a case can be given back and continued by another agent.
ASSIGNABLE_STATES = (State.OPEN, State.VERIFYING, State.POSSESSION)


def take_next(*, by: User, origin: client.Origin, now: datetime) -> Case | None:
    """Assign the most urgent case to this agent; None if nothing waits. Agents cannot choose.

    Cases of customers they have lately looked at are left to others.

    Those that came in bulk from one network come last. Raises: ``NotAllowed``, ``TooManyCases``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    if Case.objects.filter(maker=by, state__in=ASSIGNABLE_STATES).count() >= MAX_CASES_PER_AGENT:
        raise TooManyCases
    waiting = Case.objects.filter(state=State.OPEN, maker=None).order_by("-is_queued", F("target_at").asc(), "pk")
    for pk in waiting.values_list("pk", flat=True)[: MAX_CASES_PER_AGENT * 4]:
        if case := _take(pk, Who(Actor.AGENT, by, origin), now=now):
            return case
    return None


@transaction.atomic
def _take(pk: int, who: Who, *, now: datetime) -> Case | None:
    case = transitions.lock(pk)
    if case.state != State.OPEN or case.maker_id is not None:  # a colleague was quicker
        return None
    if who.user is not None and permissions.knows(who.user, case, now=now):
        return None
    transitions.note(case, "taken", who=who, now=now, maker=who.user)
    return case


def begin_call(*, claim: Claim, takes_over: bool, by: User, origin: client.Origin, now: datetime) -> Case:
    """Begin or continue a call, once reference and PIN were right; return the updated case.

    A case that was given back goes to the agent who asks for it; one that a colleague still has, only
    if ``takes_over`` says that they have left.
    Raises: ``NotAllowed``, ``NotYours``, ``CaseNotOpen``, ``NotConfirmed``.
    """
    case = Case.objects.get(pk=claim.case_id)
    has_begun = case.state in questions.TAKEN_OVER_IN and case.claim_id == claim.pk
    if has_begun and case.maker_id != by.pk and (takes_over or case.maker_id is None):
        return questions.take_over(claim=claim, by=by, origin=origin, now=now)
    if not (has_begun and case.maker_id == by.pk):
        questions.start_session(claim=claim, by=by, origin=origin, now=now)
        case.refresh_from_db()
    return case


def give_back(*, case: Case, by: User, origin: client.Origin, now: datetime) -> Case:
    """Give a case back. Its evidence stays; the next agent asks for reference and PIN again.

    Not possible once the statement is filed: from then on an agent has nothing left to do.
    Raises: ``NotAllowed``, ``CaseNotOpen``, ``NotYours``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    with transaction.atomic():
        locked = transitions.lock(case.pk)
        transitions.need_state(locked, *ASSIGNABLE_STATES)
        if locked.maker_id != by.pk:
            raise NotYours
        if locked.claim is not None and locked.claim.observations.exists():
            raise CaseNotOpen(locked.state)
        transitions.note(locked, "given_back", who=Who(Actor.AGENT, by, origin), now=now, maker=None)
    return locked


def release(user: User, now: datetime) -> None:
    """Give back what a member of staff has in hand who stops working: cases to the queue, reviews to a new draw.

    A case whose statement is filed stays theirs by name: nothing is left for an agent to do. Needs: the transaction
    in which they stop.
    """
    who = Who(Actor.SYSTEM)
    for pk in Case.objects.filter(maker=user, state__in=ASSIGNABLE_STATES).values_list("pk", flat=True):
        case = transitions.lock(pk)
        is_theirs = case.maker_id == user.pk and case.state in ASSIGNABLE_STATES
        if is_theirs and not (case.claim is not None and case.claim.observations.exists()):
            transitions.note(case, "given_back", who=who, now=now, maker=None)
    drawn = Decision.objects.filter(assigned_to=user, outcome=Verdict.PENDING)
    for decision in drawn.select_related("case"):
        reviews.draw(transitions.lock(decision.case_id), decision, who=who, now=now)
