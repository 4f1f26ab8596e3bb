"""Identity papers: an agent records what was shown, two seniors decide.

Asked for when too little is on file to ask about, and when an approval could not proceed.
"""

from datetime import datetime

from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from portal.audit.sealed_words import Words
from portal.lib import client
from recovery.actions import permissions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, Outcome, Severity, State
from recovery.models import Case, Evidence
from recovery.policies.case_policy import HIGHEST_TIER
from recovery.refusals import MayNotDecide, NotYours, TooFewSeniors

_DECIDING = 2  # seniors at the highest tier


def record_papers(*, case: Case, shown: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Record the papers that the claimant showed; two seniors review the case, neither of them ``by``.

    By the agent whose case it is, or by a senior, who then cannot decide it. ``shown`` is kept in the record. An
    earlier approval no longer counts: two seniors, the longest wait, and its notice must be sent.
    Effects: one row of evidence; a red flag ends the case here, as not confirmed.
    Raises: ``NotAllowed``, ``NotYours``, ``MayNotDecide`` (it is their own), ``CaseNotOpen``, ``NotComplete``,
    ``TooFewSeniors`` (who could decide).
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    with transaction.atomic():
        locked = transitions.lock(case.pk)
        permissions.refuse_own(by, locked)
        transitions.need_state(locked, State.PROOFING)
        if locked.maker_id != by.pk and not by.has_role(Role.SENIOR):
            raise NotYours
        reviews.need_reason(shown)
        if reviews.uninvolved(locked, but=(by.pk,)).count() < _DECIDING:
            raise TooFewSeniors
        who, system = Who(Actor.AGENT, by, origin), Who(Actor.SYSTEM, None, origin)
        facts = {"method": reviews.PAPERS, "outcome": Outcome.MET, "points": 0}
        Evidence.objects.create(case=locked, claim=locked.lead, actor=by, at=now, **facts)
        transitions.note(
            locked, "papers_recorded", who=who, now=now, body={"shown": Words(shown.strip())}, was_extended=False
        )
        if locked.flags.filter(severity=Severity.RED).exists():
            transitions.move(locked, State.REFUSED, "ended_by_flag", who=system, now=now)
        else:
            reviews.ask(locked, system, tier=HIGHEST_TIER, now=now)
    return locked


def refuse_papers(*, case: Case, reason: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Refuse a case that waits for papers; the claimant sees the same page as everybody who was not confirmed.

    Raises: ``NotAllowed``, ``CaseNotOpen``, ``MayNotDecide`` (for those who worked on it as agents), ``NotComplete``.
    """
    permissions.need_role(by, Role.SENIOR)
    with transaction.atomic():
        locked = transitions.lock(case.pk)
        transitions.need_state(locked, State.PROOFING)
        if by.pk in reviews.people_involved_in(locked):
            raise MayNotDecide
        reviews.need_reason(reason)
        who = Who(Actor.SENIOR, by, origin)
        transitions.move(
            locked, State.REFUSED, "papers_refused", who=who, now=now, body={"reason": Words(reason.strip())}
        )
    return locked
