"""The agent's statement about a call: observations and a recommendation, in fixed terms."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from portal.lib import client
from recovery.actions import permissions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, FlagKind, Observed, Severity, State
from recovery.models import Case, Claim, Observation
from recovery.refusals import CaseNotOpen, NotYours

_AMBER = frozenset({Observed.PROMPTED, Observed.READING, Observed.PRESSURE, Observed.ASKED_WHICH})


def file_statement(
    *,
    claim: Claim,
    codes: Sequence[Observed],
    recommends: bool,
    call_reference: str,
    by: User,
    origin: client.Origin,
    now: datetime,
) -> Case:
    """File the maker's statement, once; with the proof of possession, the case goes to review.

    During the questions, and before papers, it may only record observations; duress silently ends the normal process.
    Raises: ``NotAllowed``, ``NotYours``, ``CaseNotOpen``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    who = Who(Actor.AGENT, by, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        transitions.need_state(case, State.VERIFYING, State.POSSESSION, State.PROOFING)
        if case.maker_id != by.pk or case.claim_id != claim.pk:
            raise NotYours
        if claim.observations.exists():
            raise CaseNotOpen(case.state)
        Observation.objects.create(
            claim=claim,
            by=by,
            codes=[str(code) for code in codes],
            recommends=recommends,
            call_reference=call_reference,
            at=now,
        )
        if _AMBER & set(codes):
            transitions.flag(case, FlagKind.OBSERVED, who=who, now=now, claim=claim)
        if Observed.DURESS in codes:
            transitions.flag(case, FlagKind.DURESS, who=who, now=now, severity=Severity.RED, claim=claim)
        body = {"claim": claim.reference, "recommends": recommends, "observed": len(codes)}
        transitions.note(case, "statement_filed", who=who, now=now, body=body)
        reviews.begin_if_complete(case, origin=origin, now=now)
    return case
