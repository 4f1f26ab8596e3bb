"""Who may do what at the desk. Checked by every action, whatever a page has shown."""

import logging

from accounts.enums import Role
from accounts.models import User
from recovery.models import Case
from recovery.refusals import MayNotDecide, NotAllowed

log = logging.getLogger("portal.security")


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
