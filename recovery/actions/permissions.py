"""Who may do what at the desk. Checked by every action, whatever a page has shown."""

import logging
from datetime import datetime, timedelta

from accounts.actions.desk import looks
from accounts.desk_refusals import LookedAtLately
from accounts.enums import Action, Role
from accounts.models import User
from portal.audit.models import SecurityEvent
from recovery.enums import State, Verdict
from recovery.models import Case, Decision
from recovery.refusals import MayNotDecide, NotAllowed

log = logging.getLogger("portal.security")
_KNOWN_FOR = timedelta(days=30)  # what somebody has read of a customer


def need_role(by: User, *roles: Role) -> None:
    """Require one of these roles; superusers are always refused, since nobody checks them.

    Raises: ``NotAllowed``, after a line in the log.
    """
    if by.is_active and not by.is_superuser and by.has_role(*roles):
        return
    log.warning("refused by role", extra={"facts": {"user": by.pk, "superuser": by.is_superuser}})
    raise NotAllowed


def refuse_own(by: User, case: Case) -> None:
    """Refuse whoever is the customer of the case too, under another username. Raises: ``MayNotDecide``."""
    if case.subject and by.is_same_person(case.subject):
        raise MayNotDecide


def knows(by: User, case: Case, *, now: datetime) -> bool:
    """Tell whether they have lately looked at the customer of the case, and so know what a caller is asked."""
    return case.subject is not None and looks.has_looked(by=by, user=case.subject, since=now - _KNOWN_FOR)


def refuse_who_knows(by: User, case: Case, *, now: datetime) -> None:
    """Refuse to let somebody ask the questions who knows the answers. Raises: ``LookedAtLately``, after a log line."""
    if knows(by, case, now=now):
        log.warning("refused: has looked at the customer", extra={"facts": {"user": by.pk, "case": case.number}})
        raise LookedAtLately


def who_ended_keys(case: Case) -> set[int | None]:
    """Return the members of staff who turned off a Key of the customer of the case, up to a month before it."""
    ended = SecurityEvent.objects.filter(subject=case.subject_id, action__in=(Action.KEY_ENDED, Action.PHONE_LOST))
    lately = ended.filter(subject__isnull=False, actor__is_staff=True, at__gt=case.opened_at - _KNOWN_FOR)
    return set(lately.values_list("actor", flat=True))


def under_way_since(user: User) -> datetime | None:
    """Return since when a recovery of this user is under way, and nothing else of it."""
    under_way = Case.objects.filter(subject=user, closed_at=None).exclude(state=State.HOLD)
    return under_way.order_by("-opened_at").values_list("opened_at", flat=True).first()


def works_on(by: User, user: User) -> bool:
    """Tell whether they work on a recovery of this customer, whose page they must not read meanwhile.

    Each of the two is one person: who they are under other usernames counts.
    """
    theirs = Case.objects.filter(subject__customer=user.customer_id, closed_at=None).exclude(state=State.HOLD)
    drawn = Decision.objects.filter(case__in=theirs, assigned_to__employee=by.employee_id, outcome=Verdict.PENDING)
    return theirs.filter(maker__employee=by.employee_id).exists() or drawn.exists()
