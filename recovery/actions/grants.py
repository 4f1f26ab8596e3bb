"""The grant: two parts over two channels, short-lived, single use. No employee sees either part."""

import secrets as randomness
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions.keys.enrolment import steps
from accounts.enums import EnrolmentPurpose
from accounts.refusals import refusing
from portal.lib import client, code_alphabet, digests
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, reserve
from recovery import notice_kinds
from recovery.actions import claims, objections, one_time_secrets, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, Family, State
from recovery.models import Case, Claim, RecoveryGrant
from recovery.policies import reference_codes
from recovery.refusals import CaseNotOpen, ClaimUnknown, GrantInvalid, GrantPartWrong

_FIRST_PART_BYTES = 16


@dataclass(frozen=True)
class Started:
    """A new grant and its first part, which stays in the claimant's browser; the second goes by e-mail."""

    grant: RecoveryGrant
    first_part: str


def start_grant(*, claim: Claim, browser: str, origin: client.Origin, now: datetime) -> Started:
    """Create a grant for a case that is ready; older ones of the holder are revoked.

    Needs: the PIN, entered in the claim's own browser. Effects: one grant, one notice with the second part.
    Raises: ``CaseNotOpen`` (not ready, or all grants used), ``ClaimUnknown`` (another browser, or a PIN that an
    agent has heard and that was not replaced).
    """
    objections.refuse_live_key(claim.case_id, now=now)
    first = randomness.token_urlsafe(_FIRST_PART_BYTES)
    second = one_time_secrets.characters(reference_codes.GRANT_PART_LENGTH)
    who = Who(Actor.CLAIMANT, None, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        transitions.need_state(case, State.GRANT_READY)
        if case.claim_id != claim.pk or case.grants.count() >= case.terms.most_grants or case.subject is None:
            raise CaseNotOpen(case.state)
        if claim.agent_knows_pin or not claims.is_browser_of(claim, browser):
            raise ClaimUnknown
        RecoveryGrant.objects.filter(subject=case.subject, used_at=None, revoked_at=None).update(revoked_at=now)
        grant = RecoveryGrant.objects.create(
            case=case,
            claim=claim,
            subject=case.subject,
            first_digest=_digest("first", first),
            second_digest=_digest("second", code_alphabet.plain(second)),
            second_channel=Family.MAIL,
            issued_at=now,
            open_until=now + timedelta(minutes=case.terms.grant_open_minutes),
        )
        transitions.note(case, "grant_issued", who=who, now=now, body={"grant": grant.pk})
        queue.email(
            case.subject,
            notice_kinds.GRANT_PART,
            now=now,
            useful_until=grant.open_until,
            part=code_alphabet.grouped(second),
            minutes=case.terms.grant_open_minutes,
        )
    return Started(grant, first)


def _not_good(_: LimitReached) -> GrantInvalid:
    return GrantInvalid()


@refusing(_not_good)
def open_grant(
    *, claim: Claim, first_part: str, second_part: str, browser: str, origin: client.Origin, now: datetime
) -> RecoveryGrant:
    """Open the grant with both parts in the claim's own browser; the time to finish starts.

    An attempt is counted before the parts are checked; the third wrong one revokes the grant.
    Needs: no open transaction. Raises: ``GrantPartWrong`` (may be typed again), ``GrantInvalid``, ``CaseNotOpen``.
    """
    objections.refuse_live_key(claim.case_id, now=now)
    live = RecoveryGrant.objects.filter(claim=claim, opened_at=None, used_at=None, revoked_at=None, open_until__gt=now)
    found = live.order_by("issued_at").last()
    if found is None:
        raise GrantInvalid
    attempt = reserve(limits.GRANT_PART.of(digests.keyed("grant", str(found.pk))), now=now)
    is_right = digests.same(found.first_digest, _digest("first", first_part)) & digests.same(
        found.second_digest, _digest("second", code_alphabet.plain(second_part))
    )
    if not (is_right and claims.is_browser_of(claim, browser)):
        if attempt.tries_left:
            raise GrantPartWrong(tries_left=attempt.tries_left)
        RecoveryGrant.objects.filter(pk=found.pk, opened_at=None).update(revoked_at=now)
        raise GrantInvalid
    who = Who(Actor.CLAIMANT, None, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        finish = now + timedelta(minutes=case.terms.grant_finish_minutes)
        opened = RecoveryGrant.objects.filter(pk=found.pk, opened_at=None, revoked_at=None, open_until__gt=now)
        if not opened.update(opened_at=now, finish_until=finish):
            raise GrantInvalid
        transitions.move(
            case, State.ENROLLING, "grant_opened", who=who, now=now, body={"grant": found.pk}, until=finish
        )
    found.refresh_from_db()
    return found


def find_open(*, grant_id: int, now: datetime) -> RecoveryGrant:
    """Return an open grant that can still be finished, for the page that sets up password and Key.

    Raises: ``GrantInvalid``.
    """
    found = (
        RecoveryGrant.objects.select_related("case__policy", "subject__customer", "claim")
        .filter(pk=grant_id, finish_until__gt=now, used_at=None, revoked_at=None, case__state=State.ENROLLING)
        .first()
    )
    if found is None:
        raise GrantInvalid
    return found


def leave(*, grant: RecoveryGrant, origin: client.Origin, now: datetime) -> Case:
    """Stop setting up, with nothing changed; the case is ready again if grants are left."""
    with transaction.atomic():
        case = transitions.lock(grant.case_id)
        back_to_ready(case, Who(Actor.CLAIMANT, None, origin), "set_up_left", now=now)
    return case


def back_to_ready(case: Case, who: Who, action: str, *, now: datetime) -> None:
    """Revoke the open grant of a locked case and make the case ready again, with its earlier deadline.

    Effects: a Key that was being set up is given up.
    """
    transitions.need_state(case, State.ENROLLING)
    RecoveryGrant.objects.filter(case=case, used_at=None, revoked_at=None).update(revoked_at=now)
    steps.end_running(user=case.holder, purpose=EnrolmentPurpose.RECOVERY, by=who.user, origin=who.origin, now=now)
    transitions.move(case, State.GRANT_READY, action, who=who, now=now, until=case.ready_until)


def _digest(part: str, value: str) -> str:
    return digests.keyed(f"grant-{part}", value)
