"""Leave a case in each state that the cast file says, and close those that have gone on to another."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions import suspension
from accounts.enums import Role
from accounts.models import User
from accounts.models.users import hash_of_username
from accounts.policies import usernames
from portal.lib import digests
from portal.lib.client import Origin
from portal.throttle import limits
from portal.throttle.reserve import clear, forget
from recovery.actions import claims, objections, one_time_secrets, policy_versions
from recovery.demo import browser
from recovery.demo.cast import Case as Wanted
from recovery.demo.cast import Cast
from recovery.demo.story import DESK, Story, put_pin
from recovery.enums import State
from recovery.models import Case, Claim
from recovery.policies.case_policy import HIGHEST_TIER, Terms

_CLOSING = "The demo begins anew with what its cast file says."
_OF_A_CASE = (
    limits.ROUND,
    limits.ROUND_PAST_DETAILS,
    limits.EMAIL_CODE,
    limits.EMAIL_CODE_SENT,
    limits.INTAKE_BY_STAFF,
)
_MEMORY = timedelta(days=31)  # a day more than a refusal counts, as the story is in the past
Step = tuple[timedelta, Callable[[Story], None]]  # what happens, and how long after the step before it


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


# How long ago a case came to its state.
_AGES = {
    State.OPEN: _minutes(25),
    State.VERIFYING: _minutes(4),
    State.POSSESSION: _minutes(15),
    State.PROOFING: _minutes(50),
    State.REVIEW: _minutes(8),
    State.COOLING: _minutes(1),  # before the code that is printed for the senior
    State.GRANT_READY: _minutes(40),
    State.HOLD: _minutes(130),
    State.DONE: _minutes(90),
    State.CONTESTED: _minutes(180),
    State.REFUSED: timedelta(days=1),
}


def build(cast: Cast, *, now: datetime) -> None:
    """Create or correct the case of each person in the file. A case in the state of the file stays untouched.

    One that has gone on or ended is closed and begun anew. Each is made whole or not at all.
    Needs: the people of the cast, built before.
    """
    agents = _staff(cast, Role.AGENT)
    for place, wanted in enumerate(cast.cases):
        with transaction.atomic():
            agent = agents[place % len(agents)]
            origin = Origin(address=f"198.51.100.{place % 250 + 1}", device="Firefox on Linux")
            _build_one(cast, wanted, agent, origin, now=now)


def newest_of(wanted: Wanted) -> Case | None:
    """Return the newest case on a name of the file."""
    found = Case.objects.filter(username_hash=hash_of_username(wanted.username))
    return found.select_related("policy", "subject", "claim").order_by("-pk").first()


def claim_of(case: Case) -> Claim:
    """Return the claim that the case rests on, or the first one."""
    return case.claim or case.claims.earliest("pk")


def _build_one(cast: Cast, wanted: Wanted, agent: User, origin: Origin, *, now: datetime) -> None:
    found = newest_of(wanted)
    if found and found.state == wanted.state:
        _put_right(claim_of(found), wanted, now=now)
        return
    if found and found.is_open:
        _close(found, cast, now=now)
    counted = [hash_of_username(wanted.username), agent.username_hash]
    forget(_OF_A_CASE, subjects=counted)
    story = Story(wanted, cast.owner_of(wanted.username), agent, now, origin)
    steps = list(_steps(wanted.state, _tier(wanted, now=now), policy_versions.terms_in_force()))
    story.at = now - _AGES[wanted.state] - sum((span for span, _step in steps), timedelta(0))
    for span, step in steps:
        story.at += span
        step(story)
        story.settles()
    forget(_OF_A_CASE, subjects=counted)


def _tier(wanted: Wanted, *, now: datetime) -> int:
    """Return the tier that the case will have: a refusal not long ago is a warning sign by itself."""
    refused = Case.objects.filter(username_hash=hash_of_username(wanted.username), state=State.REFUSED)
    return max(wanted.tier, 2) if refused.filter(closed_at__gt=now - _MEMORY).exists() else wanted.tier


def _steps(state: State, tier: int, terms: Terms) -> Iterator[Step]:
    """Yield the way to a state, with the time before each step."""
    yield _minutes(0), Story.opens
    if state == State.OPEN:
        return
    yield _minutes(12), Story.calls
    if state == State.VERIFYING:
        yield _minutes(2), lambda story: story.answers(3)
    elif state == State.REFUSED:
        yield _minutes(6), Story.fails
    else:
        yield from _past_the_questions(state, tier, terms)


def _past_the_questions(state: State, tier: int, terms: Terms) -> Iterator[Step]:
    if tier == HIGHEST_TIER:
        yield _minutes(1), Story.warns
    yield _minutes(6), Story.answers
    yield _minutes(2), Story.states
    if state == State.POSSESSION:
        return
    yield _minutes(3), Story.proves
    if state == State.CONTESTED:
        yield _minutes(14), Story.is_objected_to
    elif state != State.REVIEW:
        for _senior in range(2 if tier == HIGHEST_TIER else 1):
            yield _minutes(9), Story.is_looked_at
            yield terms.minimum_review(tier) + _minutes(1), Story.is_approved
        yield from _past_the_approval(state, tier, terms)


def _past_the_approval(state: State, tier: int, terms: Terms) -> Iterator[Step]:
    if state == State.COOLING:
        return
    yield terms.cooling(tier), Story.has_waited
    if state == State.PROOFING:  # its owner was not told, which extends the waiting period once
        yield terms.cooling(tier), Story.has_waited
        return
    if state == State.GRANT_READY:
        return
    yield _minutes(20), Story.sets_up
    if state == State.DONE:
        yield terms.hold(tier), Story.has_waited


def _put_right(claim: Claim, wanted: Wanted, *, now: datetime) -> None:
    """Let the PIN of the file open a page that somebody gave another, or locked with wrong ones."""
    clear(limits.CASE_PIN.of(digests.keyed("claim-reference", claim.reference)))
    if claim.case.is_open and not one_time_secrets.is_pin(wanted.pin, claim.pin_hash):
        put_pin(claim, wanted.pin, origin=DESK, now=now)


def _close(case: Case, cast: Cast, *, now: datetime) -> None:
    """Close a case that has gone on, in the way that its state leaves."""
    if case.subject is None:
        for claim in case.claims.filter(closed_at=None, browser_digest=claims.browser_digest(browser.value())):
            claims.withdraw(claim=claim, browser=browser.value(), origin=DESK, now=now)
    elif case.state not in {State.HOLD, State.CONTESTED}:
        objections.cancel_own(user=case.subject, origin=DESK, now=now)
    else:
        _close_disputed(case, case.subject, cast, now=now)


def _close_disputed(case: Case, holder: User, cast: Cast, *, now: datetime) -> None:
    """Have a case refused by two seniors; one that was completed is objected to before."""
    if case.state == State.HOLD:
        objections.stop_signed_in(user=holder, origin=DESK, now=now)
        holder.refresh_from_db()
        if holder.suspended_at:
            suspension.reinstate(holder, reason="portal_demo", by=None, origin=None, now=now)
    proposed = case.events.filter(action="refusal_proposed").values_list("actor", flat=True)
    free = [senior for senior in _staff(cast, Role.SENIOR) if senior.pk not in {case.maker_id, *proposed}]
    for senior in free[: 2 - len(proposed)]:
        objections.refuse_contested(case=case, reason=_CLOSING, by=senior, origin=DESK, now=now)


def _staff(cast: Cast, role: Role) -> list[User]:
    names = [usernames.canonical(member.username) for member in cast.staff if member.role == role]
    return list(User.objects.filter(username__in=names).order_by("pk"))
