"""Claims: open one, find it again, withdraw it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import User
from accounts.models.users import hash_of_username
from accounts.refusals import refusing, too_often
from portal.lib import client, digests, hash_semaphore
from portal.throttle import limits
from portal.throttle.counting import Bucket
from portal.throttle.reserve import LimitReached, give_back, reserve
from recovery.actions import one_time_secrets, permissions, policy_versions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, CaseKind, EntryPoint, FlagKind, Purpose, State
from recovery.models import Case, Claim
from recovery.policies import case_policy, reference_codes, state_machine
from recovery.refusals import CaseNotOpen, ClaimLocked, ClaimUnknown, LastPin, OtherBrowser, PinWrong

_URGENT_PER_NETWORK = 3  # claims from one network within a day that go to the front of the queue


@dataclass(frozen=True)
class Opened:
    """A new claim with its PIN, which is shown once and stored only as a hash."""

    claim: Claim
    pin: str


@refusing(too_often)
def open_claim(
    *,
    username: str,
    lost: Sequence[Purpose],
    contact: str,
    browser: str,
    by: User | None,
    origin: client.Origin,
    now: datetime,
) -> Opened:
    """Open a claim on a username, known or not: same statements, same time, same answer.

    By the claimant on the web (``by`` None) or by an agent who types the name given on the phone. ``browser``
    is the random value of the claimant's browser, empty for a call. Joins the case under way for that name, or opens
    one, also beside a recovery that is done and holds; an unknown name gets a phantom. The owner is told by the worker
    (``case_notices``), not here.
    Needs: no open transaction. Raises: ``TooOften`` (too many from one network), ``NotAllowed``, ``HashingOverloaded``.
    """
    if by is not None:
        permissions.need_role(by, Role.AGENT, Role.SENIOR)
    reserve(*_openings(by, origin), now=now)
    pin = one_time_secrets.new_pin()
    claim = Claim(
        reference=one_time_secrets.claim_reference(),
        pin_hash=one_time_secrets.pin_hash(pin),
        agent_knows_pin=by is not None,
        phrase=one_time_secrets.phrase(),
        entry_point=EntryPoint.CALL if by else EntryPoint.WEB,
        lost=[str(thing) for thing in lost],
        contact=contact,
        browser_digest=browser_digest(browser),
        source=digests.keyed("network", client.network(origin.address)),
        opened_by=by,
        created_at=now,
    )
    who = Who(Actor.AGENT if by else Actor.CLAIMANT, by, origin)
    return Opened(_store(claim, username, who, now=now), pin)


def _openings(by: User | None, origin: client.Origin) -> tuple[Bucket, ...]:
    if by is None:
        return limits.INTAKE.of_network(origin.address)
    return (limits.INTAKE_BY_STAFF.of(by.username_hash),)


@transaction.atomic
def _store(claim: Claim, username: str, who: Who, *, now: datetime) -> Claim:
    name = hash_of_username(username)
    holders = User.objects.filter(username_hash=name, is_staff=False, is_active=True)
    subject = holders.values_list("pk", flat=True).first()  # alone: a whole user takes longer to read than none
    # Refused where the name has an open case: no statement less, whose time would tell, and no race for the first.
    with suppress(IntegrityError), transaction.atomic():
        _new_case(name, subject, claim, now=now).save(force_insert=True)
    under_way = Case.objects.filter(username_hash=name, closed_at=None).exclude(state=State.HOLD)
    case = under_way.select_for_update(of=("self",)).select_related("policy").get()
    claim.case = case
    claim.save(force_insert=True)
    transitions.note(
        case, "claim_opened", who=who, now=now, body={"claim": claim.reference, "entry_point": claim.entry_point}
    )
    if claim.entry_point == EntryPoint.CALL:
        transitions.flag(case, FlagKind.CALL_WITHOUT_PAGE, who=who, now=now, claim=claim)
    return claim


def _new_case(name: str, subject: int | None, claim: Claim, *, now: datetime) -> Case:
    current = policy_versions.current(now=now)
    yesterday = now - timedelta(days=1)
    recent = Claim.objects.filter(source=claim.source, created_at__gt=yesterday).count()
    return Case(
        number=one_time_secrets.case_number(),
        kind=CaseKind.REAL if subject else CaseKind.PHANTOM,
        subject_id=subject,
        username_hash=name,
        purpose=_purpose(claim.lost),
        policy=current,
        is_queued=claim.entry_point == EntryPoint.CALL or recent < _URGENT_PER_NETWORK,
        opened_at=now,
        state_at=now,
        until=current.terms.ends(state_machine.START, now=now),
        target_at=case_policy.target(state_machine.START, tier=1, now=now),
    )


def _purpose(lost: Sequence[str]) -> Purpose:
    wanted = set(lost)
    if wanted == {Purpose.PASSWORD}:
        return Purpose.PASSWORD
    return Purpose.KEY if wanted == {Purpose.KEY} else Purpose.FULL


def _locked(_: LimitReached) -> ClaimLocked:
    return ClaimLocked()


@refusing(_locked)
def find_claim(*, reference: str, pin: str, now: datetime) -> Claim:
    """Return the claim of a reference and its PIN.

    Five wrong PINs lock the claim for good, but not the case or its other claims; unknown references lock alike.
    One hash either way. Needs: no open transaction. Raises: ``ClaimUnknown``, ``ClaimLocked``, ``HashingOverloaded``.
    """
    canonical = reference_codes.read_claim_reference(reference)
    if canonical is None:
        raise ClaimUnknown
    attempt = reserve(limits.CASE_PIN.of(digests.keyed("claim-reference", canonical)), now=now)
    claim = Claim.objects.select_related("case__policy").filter(reference=canonical).first()
    try:
        is_right = one_time_secrets.is_pin(pin, claim.pin_hash if claim else None)
    except hash_semaphore.HashingOverloaded:
        give_back(attempt)
        raise
    if claim is None or not is_right:
        raise attempt.refusal(LastPin() if attempt.tries_left == 1 else PinWrong(tries_left=attempt.tries_left))
    give_back(attempt)
    return claim


def find_heard_claim(*, reference: str, pin: str, by: User, now: datetime) -> Claim:
    """Return the claim of a reference and a PIN that a caller has told an agent.

    Effects: the PIN no longer counts as known to the claimant only. Needs and raises as ``find_claim``, and
    ``NotAllowed``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    claim = find_claim(reference=reference, pin=pin, now=now)
    Claim.objects.filter(pk=claim.pk, pin_hash=claim.pin_hash).update(agent_knows_pin=True)
    claim.agent_knows_pin = True
    return claim


def state_for(claim: Claim) -> State:
    """Return the state of the case as this claim's page may show it.

    A claim other than the one in session learns nothing of it: for that claim the case is open until it ends.
    """
    case = claim.case
    if claim.closed_at is not None:
        return State.WITHDRAWN
    if case.claim_id in {None, claim.pk}:
        return State(case.state)
    return State.OPEN if case.is_open else State.EXPIRED


def browser_digest(browser: str) -> str:
    """Return the digest stored for a browser's random value."""
    return digests.keyed("case-browser", browser) if browser else ""


def is_browser_of(claim: Claim, browser: str) -> bool:
    """Tell whether this is the browser the claim belongs to."""
    return bool(browser and claim.browser_digest) and digests.same(claim.browser_digest, browser_digest(browser))


def bind_browser(*, claim: Claim, browser: str, origin: client.Origin, now: datetime) -> None:
    """Bind the claim to this browser, after its PIN was entered there.

    Possible until a second person looks at the case; from then on the browser is part of what is approved. A bound
    browser can be replaced only while the claimant alone knows the PIN and no channel was proved in that browser.
    Raises: ``CaseNotOpen``, ``OtherBrowser``.
    """
    with transaction.atomic():
        case = _lock(claim)
        if state_for(claim) not in state_machine.UNPROVED:
            raise CaseNotOpen(case.state)
        if not may_bind(claim):
            raise OtherBrowser
        transitions.note(
            case, "browser_bound", who=Who(Actor.CLAIMANT, None, origin), now=now, body={"claim": claim.reference}
        )
        claim.browser_digest = browser_digest(browser)
        claim.save(update_fields=["browser_digest"])


def may_bind(claim: Claim) -> bool:
    """Tell whether the claim may be bound to a browser, or to a different one."""
    if not claim.browser_digest:
        return True
    has_shown = claim.case.claim_id == claim.pk and reviews.possession_of(claim.case)
    return not (claim.agent_knows_pin or has_shown)


def _lock(claim: Claim) -> Case:
    """Lock the case of a claim and read the claim again."""
    case = transitions.lock(claim.case_id)
    claim.refresh_from_db(fields=["browser_digest", "agent_knows_pin"])
    claim.case = case
    return case


def _need_browser(claim: Claim, browser: str) -> None:
    """Refuse any other browser, even with the PIN; a claim without a browser needs the PIN only."""
    if claim.browser_digest and not is_browser_of(claim, browser):
        raise OtherBrowser


def replace_pin(*, claim: Claim, browser: str, origin: client.Origin, now: datetime) -> str:
    """Replace the PIN by one that no agent has heard; return it, to be shown once.

    Needs: no open transaction; the old PIN, entered just before.
    Raises: ``CaseNotOpen``, ``OtherBrowser``, ``HashingOverloaded``.
    """
    pin = one_time_secrets.new_pin()
    encoded = one_time_secrets.pin_hash(pin)
    with transaction.atomic():
        case = _lock(claim)
        _need_browser(claim, browser)
        if not case.is_open:
            raise CaseNotOpen(case.state)
        transitions.note(
            case, "pin_replaced", who=Who(Actor.CLAIMANT, None, origin), now=now, body={"claim": claim.reference}
        )
        claim.pin_hash, claim.agent_knows_pin = encoded, False
        claim.save(update_fields=["pin_hash", "agent_knows_pin"])
    return pin


def withdraw(*, claim: Claim, browser: str, origin: client.Origin, now: datetime) -> Case:
    """Withdraw the claim. The case ends with the claim it rests on, or with its last one.

    Withdrawing a stranger's claim on the same name ends nothing else. Raises: ``CaseNotOpen``, ``OtherBrowser``.
    """
    who = Who(Actor.CLAIMANT, None, origin)
    with transaction.atomic():
        case = _lock(claim)
        _need_browser(claim, browser)
        if not Claim.objects.filter(pk=claim.pk, closed_at=None).update(closed_at=now):
            raise CaseNotOpen(case.state)
        others = case.claims.filter(closed_at=None).exists()
        if case.claim_id == claim.pk or not others:
            transitions.move(case, State.WITHDRAWN, "withdrawn", who=who, now=now, body={"claim": claim.reference})
        elif case.is_open:
            transitions.note(case, "claim_withdrawn", who=who, now=now, body={"claim": claim.reference})
        else:
            raise CaseNotOpen(case.state)
    return case
