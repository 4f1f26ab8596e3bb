"""Reviews by a second person: drawn by the system, never the maker, never anybody who worked on the case."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions.keys import key_codes
from accounts.enums import CodePurpose, Role
from accounts.models import User
from portal.audit.sealed_words import Words
from portal.lib import client
from recovery.actions import permissions, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, Basis, Family, FlagKind, Outcome, Severity, State, Verdict
from recovery.methods import METHODS
from recovery.models import Case, Decision, Evidence, Observation, RecoveryGrant
from recovery.policies import question_plan, state_machine
from recovery.policies.case_policy import HIGHEST_TIER, tier_of
from recovery.refusals import CaseNotOpen, MayNotDecide, NotComplete, NotYours, TooQuick

SHORTEST_REASON = 20
PAPERS = "papers"  # the method under which papers are kept as evidence; recovery.methods has the others


def possession_of(case: Case) -> dict[str, int]:
    """Return the families proved for the case's claim since it was last sent back, with their points.

    Papers that were recorded are one, too, without points.
    """
    families: dict[str, int] = {}
    for name, points in _proofs(case).items():
        family = Family.PAPERS if name == PAPERS else METHODS[name].family
        families[family] = max(points, families.get(family, 0))
    return families


def _proofs(case: Case) -> dict[str, int]:
    """Return the methods whose latest outcome is a proof of possession, with their points."""
    rows = Evidence.objects.filter(case=case, claim=case.claim, item=None).order_by("pk")
    last = {name: (outcome, points) for name, outcome, points in rows.values_list("method", "outcome", "points")}
    return {name: points for name, (outcome, points) in last.items() if outcome == Outcome.MET}


def is_proved(case: Case) -> bool:
    """Tell whether knowledge and possession are enough for a review, without papers."""
    shown = {family: points for family, points in possession_of(case).items() if family != Family.PAPERS}
    return question_plan.basis_is_complete(case.terms, knowledge_points=case.knowledge, possession=shown)


def begin_if_complete(case: Case, *, origin: client.Origin, now: datetime) -> bool:
    """Send a locked case to review once it has possession and statement; return whether it was sent.

    If a red flag was raised meanwhile, the case ends here instead, as not confirmed.
    """
    stated = Observation.objects.filter(claim=case.claim).exists()
    if case.state != State.POSSESSION or not (stated and is_proved(case)):
        return False
    who = Who(Actor.SYSTEM, None, origin)
    if case.flags.filter(severity=Severity.RED).exists():
        transitions.move(case, State.REFUSED, "ended_by_flag", who=who, now=now)
        return True
    ask(case, who, tier=_tier(case), now=now)
    return True


def look_again(case: Case, *, who: Who, now: datetime) -> None:
    """Apply a new flag to a case whose review has begun or already ended: an approved case is reviewed again.

    Effects on a locked case in review: the pending decision gets the tier that the flags now require. On an
    approved one: its grant is revoked and it goes back to review. On any other: none.
    """
    if case.state in state_machine.APPROVED:
        RecoveryGrant.objects.filter(case=case, used_at=None, revoked_at=None).update(revoked_at=now)
        ask(case, who, tier=_tier(case), now=now)
    elif case.state == State.REVIEW:
        tier = _tier(case)
        Decision.objects.filter(case=case, outcome=Verdict.PENDING).update(tier=tier, two_seniors=tier == HIGHEST_TIER)
        transitions.note(case, "tier_raised", who=who, now=now, body={"tier": tier}, tier=tier)


def _tier(case: Case) -> int:
    flags = {FlagKind(kind) for kind in case.flags.values_list("kind", flat=True)}
    return max(case.tier, tier_of(case.terms, flags))


def ask(case: Case, who: Who, *, tier: int, now: datetime) -> None:
    """Move a locked case to review by a second person drawn by the system; at the highest tier by two.

    On papers alone it is always the highest.
    """
    basis = Basis.CODES if is_proved(case) else Basis.PAPERS
    tier = tier if basis == Basis.CODES else HIGHEST_TIER
    transitions.move(case, State.REVIEW, "review_asked", who=who, now=now, body={"tier": tier}, tier=tier, basis=basis)
    decision = Decision.objects.create(
        case=case,
        maker=case.questioner,
        two_seniors=tier == HIGHEST_TIER,
        tier=tier,
        basis=basis,
        possession_count=len(possession_of(case)),
        created_at=now,
    )
    draw(case, decision, who=who, now=now)


def draw(case: Case, decision: Decision, *, who: Who, now: datetime) -> User | None:
    """Assign a pending decision of a locked case to a senior drawn at random; None if nobody is free.

    Never the same person twice while there is another.
    """
    free = list(eligible(case, decision).order_by("pk"))
    others = [senior for senior in free if senior.pk != decision.assigned_to_id]
    chosen = secrets.choice(others or free) if free else None
    decision.assigned_to, decision.assigned_at, decision.opened_at = chosen, now, None
    decision.save(update_fields=["assigned_to", "assigned_at", "opened_at"])
    body = {"assigned_to": chosen.pk if chosen else None, "free": len(free)}
    transitions.note(case, "review_assigned", who=who, now=now, body=body)
    return chosen


def eligible(case: Case, decision: Decision) -> QuerySet[User]:
    """Return the seniors who may decide: at work, no superusers, and not involved in the case as the same person."""
    return uninvolved(case, but=(decision.maker_id, decision.checker_id))


def uninvolved(case: Case, *, but: Iterable[int | None] = ()) -> QuerySet[User]:
    """Return the seniors at work who were not involved in a case, under whatever username, except these people."""
    involved = [pk for pk in people_involved_in(case) | set(but) if pk]
    seniors = User.objects.filter(
        is_active=True, suspended_at=None, is_staff=True, is_superuser=False, groups__name=str(Role.SENIOR)
    )
    # The same person may have another username, or be the customer. ``exclude`` would drop who has no customer record.
    persons = Q(employee__users__in=involved) | Q(employee__customer__users=case.subject_id or 0)
    return seniors.exclude(pk__in=seniors.filter(persons).values("pk")).distinct()


def people_involved_in(case: Case) -> set[int | None]:
    """Return who can never decide a case: its maker, its holder, everybody who acted in it as an agent.

    Nor whoever turned a Key of its holder off lately: nobody makes a recovery necessary and then approves it.
    """
    agents = case.events.filter(actor_kind=Actor.AGENT).values_list("actor", flat=True)
    return {case.maker_id, case.subject_id, *agents, *permissions.who_ended_keys(case)}


def open_review(*, decision: Decision, by: User, origin: client.Origin, now: datetime) -> Decision:
    """Start the minimum review time; only the person drawn can. Opening it again changes nothing.

    Raises: ``NotAllowed``, ``NotYours``, ``MayNotDecide``, ``CaseNotOpen``.
    """
    with transaction.atomic():
        case, current = _mine(decision, by)
        if current.opened_at is None:
            current.opened_at = now
            current.save(update_fields=["opened_at"])
            transitions.note(case, "review_opened", who=Who(Actor.SENIOR, by, origin), now=now)
    return current


def approve(
    *, decision: Decision, reason: str, own_check: str, code: str, by: User, origin: client.Origin, now: datetime
) -> Case:
    """Approve; the waiting period begins, or a second senior is drawn if two are needed.

    ``own_check`` says what the senior checked themselves, required from tier 2. ``code`` from their own Key is
    used up. Needs: no open transaction.
    Raises: ``NotAllowed``, ``NotYours``, ``MayNotDecide``, ``CaseNotOpen``, ``NotComplete``, ``TooQuick``, and
    as ``accounts.actions.keys.key_codes.spend_code``.
    """
    with transaction.atomic():
        case, current = _mine(decision, by)
        _need_grounds(case, current, reason, own_check, now=now)
    key_codes.spend_code(user=by, code=code, purpose=CodePurpose.STEP_UP, origin=origin, now=now)
    who = Who(Actor.SENIOR, by, origin)
    with transaction.atomic():
        case, current = _mine(decision, by)
        _need_grounds(case, current, reason, own_check, now=now)
        if current.two_seniors and current.checker is None:
            _first_of_two(case, current, who, reason, own_check, now=now)
            return case
        texts = {"own_check": _joined(current.own_check, own_check), "reason": _joined(current.reason, reason)}
        _decide(current, Verdict.APPROVED, now=now, stepped_up_at=now, **texts, **_checker(current, by))
        until = now + case.terms.cooling(current.tier)
        body = {"decision": current.pk, "review_seconds": _review_seconds(current, now)}
        transitions.move(case, State.COOLING, "approved", who=who, now=now, body=body, until=until)
    return case


def _need_grounds(case: Case, decision: Decision, reason: str, own_check: str, *, now: datetime) -> None:
    if len(reason.strip()) < SHORTEST_REASON or (decision.tier >= 2 and not own_check.strip()):
        raise NotComplete
    if decision.opened_at is None or now - decision.opened_at < case.terms.minimum_review(decision.tier):
        raise TooQuick


def _first_of_two(case: Case, decision: Decision, who: Who, reason: str, own_check: str, *, now: datetime) -> None:
    decision.checker, decision.reason, decision.own_check = who.user, reason, own_check
    decision.save(update_fields=["checker", "reason", "own_check"])
    body = {"review_seconds": _review_seconds(decision, now)}
    transitions.note(case, "first_of_two_approved", who=who, now=now, body=body)
    draw(case, decision, who=Who(Actor.SYSTEM, None, who.origin), now=now)


def return_case(*, decision: Decision, reason: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Send the case back for another proof, twice at most: of possession, or of identity if it rests on papers.

    Earlier proofs no longer count.

    Raises: ``NotAllowed``, ``NotYours``, ``MayNotDecide``, ``CaseNotOpen``, ``NotComplete``.
    """
    with transaction.atomic():
        case, current = _mine(decision, by)
        need_reason(reason)
        if case.decisions.filter(outcome=Verdict.RETURNED).count() >= case.terms.most_returns:
            raise CaseNotOpen(case.state)
        _decide(current, Verdict.RETURNED, now=now, reason=_joined(current.reason, reason), **_checker(current, by))
        Evidence.objects.bulk_create(
            Evidence(case=case, claim=case.lead, method=name, outcome=Outcome.VOID, points=0, actor=by, at=now)
            for name in _proofs(case)
        )
        transitions.void_pending(case)
        to = State.PROOFING if current.basis == Basis.PAPERS else State.POSSESSION
        transitions.move(case, to, "returned", who=Who(Actor.SENIOR, by, origin), now=now)
    return case


def refuse(*, decision: Decision, reason: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Refuse; the claimant sees the same page as everybody who was not confirmed.

    Raises: ``NotAllowed``, ``NotYours``, ``MayNotDecide``, ``CaseNotOpen``, ``NotComplete``.
    """
    with transaction.atomic():
        case, current = _mine(decision, by)
        need_reason(reason)
        _decide(current, Verdict.REFUSED, now=now, reason=_joined(current.reason, reason), **_checker(current, by))
        transitions.move(case, State.REFUSED, "refused", who=Who(Actor.SENIOR, by, origin), now=now)
    return case


def decline(*, decision: Decision, reason: str, by: User, origin: client.Origin, now: datetime) -> User | None:
    """Give the review back; somebody else is drawn if there is anybody. Returns who.

    Raises: ``NotAllowed``, ``NotYours``, ``MayNotDecide``, ``CaseNotOpen``, ``NotComplete``.
    """
    with transaction.atomic():
        case, current = _mine(decision, by)
        need_reason(reason)
        said = {"reason": Words(reason.strip())}
        transitions.note(case, "review_declined", who=Who(Actor.SENIOR, by, origin), now=now, body=said)
        return draw(case, current, who=Who(Actor.SYSTEM, None, origin), now=now)


def _mine(decision: Decision, by: User) -> tuple[Case, Decision]:
    """Lock the case and its pending decision; refuse anybody but the senior drawn, who must still be eligible."""
    permissions.need_role(by, Role.SENIOR)
    case = transitions.lock(decision.case_id)
    current = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if current.outcome != Verdict.PENDING or case.state != State.REVIEW:
        raise CaseNotOpen(case.state)
    if not eligible(case, current).filter(pk=by.pk).exists():
        raise MayNotDecide
    if current.assigned_to_id != by.pk:
        raise NotYours
    return case, current


def _checker(decision: Decision, by: User) -> dict[str, User]:
    return {"second_checker": by} if decision.checker else {"checker": by}


def _decide(decision: Decision, outcome: Verdict, *, now: datetime, **columns: object) -> None:
    pending = Decision.objects.filter(pk=decision.pk, outcome=Verdict.PENDING)
    if not pending.update(outcome=outcome, decided_at=now, **columns):
        raise CaseNotOpen(State.REVIEW)


def need_reason(reason: str) -> None:
    """Refuse a reason that is too short to follow. Raises: ``NotComplete``."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NotComplete


def _joined(first: str, second: str) -> str:
    return "\n\n".join(part.strip() for part in (first, second) if part.strip())


def _review_seconds(decision: Decision, now: datetime) -> int:
    """Return how long the review took, in seconds."""
    return int((now - decision.opened_at).total_seconds()) if decision.opened_at else 0
