"""The round of questions: an agent's session with a claimant, without seeing any answer on file."""

import secrets as randomness
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.refusals import refusing
from portal.lib import client, digests
from portal.throttle import limits
from portal.throttle.counting import Bucket
from portal.throttle.reserve import LimitReached, locked_until, reserve
from recovery.actions import permissions, question_sources, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, CaseKind, FlagKind, Outcome, Prompt, Severity, Source, State
from recovery.models import Case, Claim, Evidence, PlanItem
from recovery.policies import answer_matching, question_plan, reference_codes
from recovery.policies.question_plan import Checked, Draft, Gate
from recovery.refusals import CaseNotOpen, KeyCodeOffered, NotComplete, NotConfirmed, NotYours

# States in which an agent can take a case over from a colleague, with reference and PIN.
TAKEN_OVER_IN = (State.VERIFYING, State.POSSESSION, State.PROOFING)
_MEMORY = timedelta(days=30)
_LONGEST_ANSWER = 200
_generator = randomness.SystemRandom()


def _not_confirmed(_: LimitReached) -> NotConfirmed:
    return NotConfirmed()


@refusing(_not_confirmed)
def start_session(*, claim: Claim, by: User, origin: client.Origin, now: datetime) -> list[PlanItem]:
    """Begin the round of a claim whose reference and PIN the agent has just entered; return its plan of nine questions.

    The agent becomes the maker. The system draws the plan, which cannot be changed; an agent who returns
    to a running session gets the same one.
    Raises: ``NotAllowed``, ``CaseNotOpen`` (also for a second claimant, which is flagged), ``NotYours`` (another
    agent's), ``MayNotDecide`` (it is their own), ``NotConfirmed`` (too many rounds for this username lately, known
    or not).
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    who = Who(Actor.AGENT, by, origin)
    _refuse_second_claimant(claim, who, now=now)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        permissions.refuse_own(by, case)
        if case.state == State.VERIFYING and case.claim_id == claim.pk:
            _need_maker(case, by)
            return list(claim.items.all())
        transitions.need_state(case, State.OPEN)
        permissions.refuse_who_knows(by, case, now=now)
        claim.refresh_from_db(fields=["closed_at", "round_at"])
        if claim.closed_at or claim.round_at:
            raise CaseNotOpen(case.state)
        _count_round(case, claim, now=now)
        claim.round_at, claim.agent = now, by
        claim.save(update_fields=["round_at", "agent"])
        plan = question_plan.draw(
            question_sources.questions_for(case.subject, username_hash=case.username_hash, now=now), _pick
        )
        items = PlanItem.objects.bulk_create(_item(claim, place, draft, now) for place, draft in enumerate(plan, 1))
        body = {"claim": claim.reference, "prompts": [str(item.prompt) for item in items]}
        columns = {"maker": by, "claim": claim, "is_queued": True}
        transitions.move(case, State.VERIFYING, "session_started", who=who, now=now, body=body, **columns)
    return items


def _refuse_second_claimant(claim: Claim, who: Who, *, now: datetime) -> None:
    """Flag a running case on whose username somebody else has a claim too, with a PIN of their own.

    The first time, an approval given without knowing of it goes back to review, at a higher tier. A
    stranger who knows a username can therefore cost its owner one more review, and no more.
    """
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        if case.claim_id in {None, claim.pk} or not case.is_open:
            return
        is_news = not case.flags.filter(kind=FlagKind.COMPETING).exists()
        transitions.flag(case, FlagKind.COMPETING, who=who, now=now, claim=claim)
        transitions.note(case, "second_claimant", who=who, now=now, body={"claim": claim.reference})
        if is_news:
            reviews.look_again(case, who=Who(Actor.SYSTEM, None, who.origin), now=now)
    raise CaseNotOpen(case.state)


def take_over(*, claim: Claim, by: User, origin: client.Origin, now: datetime) -> Case:
    """Become the maker in place of an agent who has left; the evidence stays, and neither may decide the case.

    Needs: reference and PIN, entered again by the new agent. Raises: ``NotAllowed``, ``MayNotDecide``, ``CaseNotOpen``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        permissions.refuse_own(by, case)
        transitions.need_state(case, *TAKEN_OVER_IN)
        permissions.refuse_who_knows(by, case, now=now)
        if case.claim_id != claim.pk:
            raise CaseNotOpen(case.state)
        transitions.note(case, "taken_over", who=Who(Actor.AGENT, by, origin), now=now, maker=by)
    return case


def _pick(drafts: Sequence[Draft], count: int) -> list[Draft]:
    return _generator.sample(drafts, min(max(count, 0), len(drafts)))


def _item(claim: Claim, place: int, draft: Draft, now: datetime) -> PlanItem:
    return PlanItem(
        claim=claim,
        place=place,
        source=draft.source,
        prompt=draft.prompt,
        question=draft.question,
        locator=draft.locator,
        is_decoy=draft.is_decoy,
        asked_at=now,
    )


def _count_round(case: Case, claim: Claim, *, now: datetime) -> None:
    """Reserve a round; refuse if this username has none left.

    Somebody who knows only a username must not use up its owner's rounds: rounds that got past the personal details
    count for the username, the others for their network only.
    """
    if locked_until(_past_details(case), now=now):
        raise NotConfirmed
    reserve(limits.ROUND.of(case.username_hash, scope=claim.source), now=now)


def _past_details(case: Case) -> Bucket:
    return limits.ROUND_PAST_DETAILS.of(case.username_hash)


def _need_maker(case: Case, by: User) -> None:
    if case.maker_id != by.pk:
        raise NotYours


def record_answer(*, item: PlanItem, answer: str, by: User, origin: client.Origin, now: datetime) -> None:
    """Compare one answer and store only the outcome, which nobody is told.

    One answer per item: a second one is refused. An empty answer means "does not remember".
    Effects: one row of evidence, one event. Raises: ``NotAllowed``, ``NotYours``, ``CaseNotOpen``,
    ``KeyCodeOffered`` (an amber flag is raised and stays).
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    who = Who(Actor.AGENT, by, origin)
    if reference_codes.looks_like_key_code(answer) and item.prompt not in _MAY_BE_SIX_DIGITS:
        _warn_of_relay(item, who, now=now)
        raise KeyCodeOffered
    with transaction.atomic():
        case = transitions.lock(item.claim.case_id)
        transitions.need_state(case, State.VERIFYING)
        _need_maker(case, by)
        fresh = PlanItem.objects.filter(pk=item.pk, claim=case.claim, answered_at=None)
        if not fresh.update(answered_at=now):
            raise CaseNotOpen(case.state)
        given = answer[:_LONGEST_ANSWER]
        outcome = question_sources.judge(case.subject, item, given)
        Evidence.objects.create(
            case=case,
            claim=item.claim,
            item=item,
            outcome=outcome,
            points=question_plan.points(Checked(Source(item.source), outcome, item.is_decoy)),
            answer_digest=digests.keyed(f"answer|{case.number}", answer_matching.fold(given)),
            latency_ms=int((now - item.asked_at).total_seconds() * 1000),
            actor=by,
            at=now,
        )
        if item.source == Source.PERSONAL and _has_shown_details(item.claim):
            reserve(_past_details(case), now=now)
        transitions.note(case, "answer_recorded", who=who, now=now, body={"place": item.place})


def _has_shown_details(claim: Claim) -> bool:
    """Tell whether the personal details are complete, one of them right and none wrong."""
    answers = Evidence.objects.filter(claim=claim, item__source=Source.PERSONAL)
    outcomes = list(answers.values_list("outcome", flat=True))
    is_complete = len(outcomes) == question_plan.DETAILS_NEEDED
    return is_complete and Outcome.MET in outcomes and Outcome.NOT_MET not in outcomes


_MAY_BE_SIX_DIGITS = frozenset({Prompt.BIRTH_DATE, Prompt.OPENED, Prompt.ACCOUNT_NUMBER})


def _warn_of_relay(item: PlanItem, who: Who, *, now: datetime) -> None:
    with transaction.atomic():
        case = transitions.lock(item.claim.case_id)
        transitions.need_state(case, State.VERIFYING)
        transitions.flag(case, FlagKind.KEY_CODE_OFFERED, who=who, now=now, claim=item.claim)
        transitions.note(case, "key_code_offered", who=who, now=now, body={"place": item.place})


def unanswered(claim: Claim) -> QuerySet[PlanItem]:
    """Return the items that still wait for an answer, in order."""
    return claim.items.filter(answered_at=None)


def finish_round(*, claim: Claim, by: User, origin: client.Origin, now: datetime) -> Case:
    """End the round after its last question.

    The case goes on to a proof of possession, or to a proof of identity if too little is on file to ask about, or is
    not confirmed. The only verdict: no count, no score, the same for a forgetful owner, an impostor and an unknown
    username.
    Raises: ``NotAllowed``, ``NotYours``, ``CaseNotOpen``, ``NotComplete`` (questions are left).
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    who = Who(Actor.SYSTEM, by, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        transitions.need_state(case, State.VERIFYING)
        _need_maker(case, by)
        if case.claim_id != claim.pk or unanswered(claim).exists():
            raise NotComplete
        checks = _checks(claim)
        _raise_flags(case, claim, checks, who, now=now)
        may_go_on = case.kind == CaseKind.REAL and not case.flags.filter(severity=Severity.RED).exists()
        to = _AFTER[question_plan.gate(checks, case.terms)] if may_go_on else State.REFUSED
        transitions.move(
            case, to, "round_finished", who=who, now=now, knowledge=question_plan.knowledge(checks, case.terms)
        )
    return case


_AFTER = {Gate.OPEN: State.POSSESSION, Gate.PAPERS: State.PROOFING, Gate.CLOSED: State.REFUSED}


def _checks(claim: Claim) -> list[Checked]:
    evidence = Evidence.objects.filter(claim=claim, item__isnull=False).select_related("item").order_by("pk")
    rows = [(row.item, Outcome(row.outcome)) for row in evidence if row.item]
    return [Checked(Source(item.source), outcome, item.is_decoy, Prompt(item.prompt)) for item, outcome in rows]


def _raise_flags(case: Case, claim: Claim, checks: Sequence[Checked], who: Who, *, now: datetime) -> None:
    if not question_plan.right_details(checks):
        transitions.flag(case, FlagKind.DETAILS_WRONG, who=who, now=now, severity=Severity.RED, claim=claim)
    earlier = Evidence.objects.filter(
        claim__case__username_hash=case.username_hash,
        item__is_decoy=True,
        outcome=Outcome.NOT_MET,
        at__gt=now - _MEMORY,
    )
    if question_plan.decoys_taken(checks) and earlier.count() >= 2:
        transitions.flag(case, FlagKind.DECOYS_TAKEN, who=who, now=now, severity=Severity.RED, claim=claim)
    refused = Case.objects.filter(
        username_hash=case.username_hash, state=State.REFUSED, closed_at__gt=now - _MEMORY
    ).exclude(pk=case.pk)
    if refused.exists():
        transitions.flag(case, FlagKind.REFUSED_LATELY, who=who, now=now, claim=claim)
    if Case.objects.filter(username_hash=case.username_hash, state=State.HOLD).exists():
        transitions.flag(case, FlagKind.RECOVERED_LATELY, who=who, now=now, claim=claim)
