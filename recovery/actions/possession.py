"""Showing that a registered channel is in the claimant's hands: a code to the e-mail address on file.

The code is typed by the claimant into the page of the claim, never told to an agent.
"""

from datetime import datetime

from django.db import transaction

from accounts.actions.authenticators import emailed_code
from accounts.enums import CodePurpose, Role
from accounts.models import EmailedCode, User
from portal.lib import client
from recovery.actions import permissions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, Method, Outcome, State
from recovery.models import Case, Claim, Evidence
from recovery.refusals import CaseNotOpen, NotYours


def send_mail_code(*, claim: Claim, by: User | None, origin: client.Origin, now: datetime) -> None:
    """Send a code to the holder's address on file; an older one dies. Asked for by the claimant, or the agent.

    Needs: no open transaction. Raises: ``CaseNotOpen``, ``NotYours``, ``NotAllowed``, ``TooOften``.
    """
    who = _who(by, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        _need_possession(case, claim)
        if by is not None and case.maker_id != by.pk:
            raise NotYours
        transitions.note(case, "mail_code_asked", who=who, now=now)
    emailed_code.send(user=case.holder, purpose=CodePurpose.RECOVERY, by=by, origin=origin, now=now)


def accept_mail_code(*, claim: Claim, code: str, origin: client.Origin, now: datetime) -> Case:
    """Take the code from the claimant's page, once; with the agent's statement, the case goes to a second person.

    Needs: no open transaction; a page that the PIN has opened in the claim's own browser.
    Raises: ``CaseNotOpen``, ``EmailedCodeWrong``, ``TooOften``.
    """
    case = Case.objects.select_related("policy", "subject", "claim").get(pk=claim.case_id)
    _need_possession(case, claim)
    emailed_code.accept(user=case.holder, purpose=CodePurpose.RECOVERY, code=code, origin=origin, now=now)
    who = _who(None, origin)
    with transaction.atomic():
        case = transitions.lock(claim.case_id)
        _need_possession(case, claim)
        Evidence.objects.create(
            case=case,
            claim=claim,
            method=Method.MAIL,
            outcome=Outcome.MET,
            points=case.terms.mail_points,
            at=now,
        )
        transitions.note(case, "mail_code_accepted", who=who, now=now)
        reviews.begin_if_complete(case, origin=origin, now=now)
    return case


def sent_at(case: Case, *, now: datetime) -> datetime | None:
    """Return when the code went out that can still be typed for a case, None without one."""
    live = EmailedCode.objects.filter(user=case.subject, purpose=CodePurpose.RECOVERY, expires_at__gt=now)
    return live.values_list("sent_at", flat=True).first()


def _who(by: User | None, origin: client.Origin) -> Who:
    if by is None:
        return Who(Actor.CLAIMANT, None, origin)
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    return Who(Actor.AGENT, by, origin)


def _need_possession(case: Case, claim: Claim) -> None:
    """Refuse unless this claim is the one the case rests on, and it has not shown its channel yet."""
    transitions.need_state(case, State.POSSESSION)
    if case.claim_id != claim.pk or reviews.families_of(case):
        raise CaseNotOpen(case.state)
