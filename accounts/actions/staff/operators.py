"""Who runs the portal: what they may do to colleagues, and that each hears of what the others do."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts import notice_kinds
from accounts.enums import Action, Role
from accounts.models import Key, Passkey, User
from accounts.staff_refusals import NotAnOperator, OwnMatter
from portal.outbox import queue


def operators() -> QuerySet[User]:
    """Return the users who can act as operators now: in the role, not suspended, with a second factor."""
    live = {"user": OuterRef("pk"), "confirmed": True}
    able = Exists(Key.objects.filter(**live)) | Exists(Passkey.objects.filter(**live))
    return User.objects.filter(able, groups__name=str(Role.OPERATOR), is_active=True, suspended_at=None)


def need_operator(by: User | None, *, user: User | None = None) -> None:
    """Refuse anybody but operators, and operators in their own matters; the command line (None) may do all.

    ``user``: whom it concerns. Raises: ``NotAnOperator``, ``OwnMatter``.
    """
    if by is None:
        return
    if not by.is_active or by.suspended_at or not by.has_role(Role.OPERATOR):
        raise NotAnOperator
    if user is not None and user.employee_id == by.employee_id:
        raise OwnMatter


def has_another(*people: User | None) -> bool:
    """Tell whether there is an operator who is none of these people, whatever usernames they have."""
    known = [user.employee_id for user in people if user is not None]
    return operators().exclude(employee__in=known).exists()


def tell(action: Action, *, user: User, by: User | None, now: datetime, role: str = "") -> None:
    """Tell every operator by e-mail what happened to a colleague. Needs: the action's transaction."""
    for operator in operators().order_by("pk"):
        queue.email(
            operator,
            notice_kinds.STAFF_CHANGED,
            now=now,
            what=str(action),
            username=user.username,
            role=str(Role(role).label) if role else "",
            by=by.username if by else "",
            at=now.isoformat(),
        )
