"""Identity papers, when an approval could not proceed: an agent records what was shown, seniors decide again."""

from datetime import datetime

from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from portal.lib import client
from recovery.actions import permissions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, State
from recovery.models import Case
from recovery.policies.case_policy import HIGHEST_TIER
from recovery.refusals import MayNotDecide, NotYours


def record_papers(*, case: Case, shown: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Record the papers that the claimant showed; two seniors review the case, neither of them ``by``.

    By the agent whose case it is, or by a senior, who then cannot decide it. ``shown`` is kept in the record. The
    earlier approval no longer counts: two seniors, the longest wait, and its notice must be sent.
    Raises: ``NotAllowed``, ``NotYours``, ``CaseNotOpen``, ``NotComplete``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    with transaction.atomic():
        locked = transitions.lock(case.pk)
        transitions.need_state(locked, State.PROOFING)
        if locked.maker_id != by.pk and not by.has_role(Role.SENIOR):
            raise NotYours
        reviews.need_reason(shown)
        who = Who(Actor.AGENT, by, origin)
        transitions.note(locked, "papers_recorded", who=who, now=now, body={"shown": shown.strip()}, was_extended=False)
        reviews.ask(locked, Who(Actor.SYSTEM, None, origin), tier=HIGHEST_TIER, now=now)
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
        transitions.move(locked, State.REFUSED, "papers_refused", who=who, now=now, body={"reason": reason.strip()})
    return locked
