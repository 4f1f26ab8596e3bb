"""Somebody else claims the same log-in after a second person has looked: what was approved does not just go on."""

import pytest

from portal.audit import sealed_words
from recovery.actions import objections, questions, timers
from recovery.enums import FlagKind, Scope, State, Verdict
from recovery.models import Hold, RecoveryGrant
from recovery.refusals import CaseNotOpen, NotAllowed, NotComplete
from tests.recovery.conftest import ORIGIN, Walk, now
from tests.recovery.desk import REASON, Seat


def calls(walk) -> None:
    """Call the desk with another claim on the same name and its right PIN."""
    other = Walk(walk.maker, browser="of somebody else").opened()
    with pytest.raises(CaseNotOpen):
        questions.start_session(claim=other.claim, by=walk.maker, origin=ORIGIN, now=now())


@pytest.mark.promise("CASE-5")
def test_a_second_claim_in_review_raises_the_tier_of_the_review(walk):
    walk.in_review()

    calls(walk)

    assert (walk.state, walk.case.tier, walk.decision.tier) == (State.REVIEW, 2, 2)


@pytest.mark.promise("CASE-5")
@pytest.mark.parametrize("steps", [[], ["waited"], ["waited", "started"], ["waited", "started", "opened_grant"]])
def test_a_second_claim_takes_an_approval_back_to_a_second_person(clock, walk, steps):
    walk.in_review().approved(clock)
    for step in steps:
        getattr(walk, step)(*([clock] if step == "waited" else []))

    calls(walk)

    assert (walk.state, walk.case.tier) == (State.REVIEW, 2)
    assert list(walk.case.decisions.order_by("pk").values_list("outcome", flat=True)) == [
        Verdict.APPROVED,
        Verdict.PENDING,
    ]
    assert not RecoveryGrant.objects.filter(used_at=None, revoked_at=None).exists()


@pytest.mark.promise("CASE-5")
def test_further_claims_do_not_keep_an_owner_from_coming_back(clock, walk):
    walk.in_review()
    calls(walk)
    walk.approved(clock)

    calls(walk)

    assert walk.state == State.COOLING
    assert walk.waited(clock).state == State.GRANT_READY


@pytest.mark.parametrize("steps", [["in_review"], ["in_review", "approved"], ["ready"]])
def test_the_desk_contests_a_case_with_a_reason(clock, walk, agent, steps):
    for step in steps:
        getattr(walk, step)(*([clock] if step != "in_review" else []))
    dana = Seat.of(agent)
    dana.do(walk.case, "contest", status=200, reason="short")

    dana.do(walk.case, "contest", reason=REASON)

    assert walk.state == State.CONTESTED
    event = walk.case.events.get(action="contested_by_desk")
    assert sealed_words.facts(event) == {"reason": REASON}
    assert walk.case.flags.get().kind == FlagKind.COMPETING
    assert Hold.objects.filter(case=walk.case).count() == len(Scope)
    assert timers.tick(now()) > 0


def test_only_the_desk_contests_and_only_what_can_be_disputed(walk, mallory, agent):
    case = walk.opened().case
    with pytest.raises(CaseNotOpen):
        objections.contest_by_desk(case=case, reason=REASON, by=agent.user, origin=ORIGIN, now=now())
    walk.in_review()
    with pytest.raises(NotAllowed):
        objections.contest_by_desk(case=case, reason=REASON, by=mallory.user, origin=ORIGIN, now=now())
    with pytest.raises(NotComplete):
        objections.contest_by_desk(case=case, reason="short", by=agent.user, origin=ORIGIN, now=now())
