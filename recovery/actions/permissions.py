"""Who may do what at the desk. Asked by every action, whatever a page has shown."""

import logging

from accounts.enums import Role
from accounts.models import User
from recovery.refusals import NotAllowed

log = logging.getLogger("portal.security")


def need_role(by: User, *roles: Role) -> None:
    """Refuse users without one of these roles, and superusers always: they would answer to nobody.

    Raises: ``NotAllowed``, after a line in the log.
    """
    if by.is_active and not by.is_superuser and by.has_role(*roles):
        return
    log.warning("refused by role", extra={"facts": {"user": by.pk, "superuser": by.is_superuser}})
    raise NotAllowed
