"""Proof of possession of a registered channel, by one of the methods in the case's terms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from portal.lib import client
from recovery.actions import permissions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, Outcome, State
from recovery.methods import METHODS
from recovery.methods.contract import Method
from recovery.models import Case, Claim, Evidence
from recovery.refusals import CaseNotOpen, NotYours


def offered(case: Case) -> list[Method]:
    """Return the methods still open to a case: one of each family, until enough has been proved."""
    if case.state != State.POSSESSION or reviews.is_proved(case):
        return []
    shown = reviews.possession_of(case)
    return [method for name, method in METHODS.items() if name in case.terms.points and method.family not in shown]


def send(*, method: Method, claim: Claim, by: User | None, origin: client.Origin, now: datetime) -> None:
    """Send the holder what the proof needs, for the claimant or the agent; an older one becomes invalid.

    Needs: no open transaction. Raises: ``CaseNotOpen``, ``NotYours``, ``NotAllowed``, what the method refuses.
    """
    who = _who(by, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        _need_offered(method, case, claim)
        if by is not None and case.maker_id != by.pk:
            raise NotYours
        transitions.note(case, "proof_sent", who=who, now=now, body={"method": method.name})
    method.send(case, by=by, origin=origin, now=now)


def accept(*, method: Method, claim: Claim, typed: Mapping[str, Any], origin: client.Origin, now: datetime) -> Case:
    """Accept a proof from the claimant's page, once; with the agent's statement, the case goes to review.

    ``typed``: the cleaned fields of the method's form.
    Needs: no open transaction; a page opened with the PIN in the claim's own browser.
    Raises: ``CaseNotOpen``, what the method refuses.
    """
    case = Case.objects.select_related("policy", "subject", "claim").get(pk=claim.case_id)
    _need_offered(method, case, claim)
    method.accept(case, typed, origin=origin, now=now)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        _need_offered(method, case, claim)
        points = case.terms.points[method.name]
        Evidence.objects.create(case=case, claim=claim, method=method.name, outcome=Outcome.MET, points=points, at=now)
        transitions.note(case, "proof_accepted", who=_who(None, origin), now=now, body={"method": method.name})
        reviews.begin_if_complete(case, origin=origin, now=now)
    return case


def _who(by: User | None, origin: client.Origin) -> Who:
    if by is None:
        return Who(Actor.CLAIMANT, None, origin)
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    return Who(Actor.AGENT, by, origin)


def _need_offered(method: Method, case: Case, claim: Claim) -> None:
    """Refuse unless the case rests on this claim, and this method is still open to it."""
    if case.claim_id != claim.pk or method not in offered(case):
        raise CaseNotOpen(case.state)
