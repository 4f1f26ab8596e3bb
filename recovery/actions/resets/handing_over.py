"""From a reset that cannot be finished to a case of assisted recovery, with what was proved so far (RESET-5)."""

from datetime import datetime

from django.db import transaction

from portal.audit.record import record
from portal.lib import client
from recovery.actions import claims, transitions
from recovery.actions.case_events import Who
from recovery.actions.resets import rows
from recovery.actions.resets.steps import Owned
from recovery.enums import Actor, Outcome, Purpose, ResetEvent, ResetState
from recovery.methods.mail import MailCode
from recovery.models import Evidence


def ask_for_help(owned: Owned, *, browser: str, origin: client.Origin, now: datetime) -> claims.Opened:
    """Open a claim for the username of a reset, known or not, and end the reset.

    ``browser``: as for ``claims.open_claim``. The e-mailed code counts in the case as proof of the mailbox; whoever
    is at the step of the Key asks for a new Key as well. Needs: no open transaction.
    Raises: as ``claims.open_claim``; ``ResetOver``.
    """
    reset = owned.reset
    lost = [Purpose.PASSWORD, Purpose.KEY] if reset.state == ResetState.KEY else [Purpose.PASSWORD]
    opened = claims.open_claim(
        username=reset.username, lost=lost, contact="", browser=browser, by=None, origin=origin, now=now
    )
    with transaction.atomic():
        case = transitions.lock(opened.claim.case_id)
        locked = rows.lock(reset, owned.ticket, now=now)
        rows.move(locked, "end", now=now, claim=opened.claim, code_digest="", code_wanted_at=None)
        if locked.user is not None and locked.mailbox_at is not None:
            points = case.terms.points[MailCode.name]
            Evidence.objects.create(
                case=case,
                claim=opened.claim,
                method=MailCode.name,
                outcome=Outcome.MET,
                points=points,
                at=locked.mailbox_at,
            )
            who = Who(Actor.CLAIMANT, None, origin)
            transitions.note(case, "proof_accepted", who=who, now=now, body={"method": MailCode.name})
            record(ResetEvent.HELP, by=None, on=locked.user, now=now, origin=origin, flow=reset.flow)
    return opened
