"""Find, lock and move password resets, for the actions of this package."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.enums import CodePurpose, DenyReason, RequestState
from accounts.models import EmailChange, PushChallenge, User
from accounts.refusals import RequestDenied
from portal.lib import digests
from recovery.enums import ResetState
from recovery.models import PasswordReset
from recovery.policies import reset_steps
from recovery.refusals import ResetOver


def binding_of(public_id: UUID, ticket: str) -> str:
    """Return the digest that binds a reset to the ticket of its browser."""
    return digests.keyed("password-reset", f"{public_id}|{ticket}")


def find(*, reset_id: int, ticket: str, now: datetime) -> PasswordReset:
    """Return the reset this ticket belongs to. One statement. Raises: ``ResetOver``."""
    return _checked(_all().filter(pk=reset_id).first(), ticket, now=now)


def lock(reset: PasswordReset, ticket: str, *, now: datetime) -> PasswordReset:
    """Lock the user, then the reset. Needs: an open transaction. Raises: ``ResetOver``."""
    list(User.objects.select_for_update(of=("self",)).filter(pk=reset.user_id or 0))  # the same statement for nobody
    return _checked(_all().select_for_update(of=("self",)).filter(pk=reset.pk).first(), ticket, now=now)


def need_state(reset: PasswordReset, state: ResetState) -> None:
    """Refuse a reset that is at any other step. Raises: ``ResetOver``."""
    if reset.state != state:
        raise ResetOver


def refuse_denied(reset: PasswordReset) -> None:
    """Refuse whatever comes after "not me" on the phone, in whichever of the user's resets the phone was asked.

    One statement. Raises: ``RequestDenied``.
    """
    denied = PushChallenge.objects.filter(user=reset.user, purpose=CodePurpose.RESET, answered_at__gte=reset.created_at)
    if denied.filter(state=RequestState.DENIED, reason=DenyReason.NOT_ME).exists():
        raise RequestDenied


def move(reset: PasswordReset, step: str, *, now: datetime, **columns: object) -> None:
    """Take one step of the table of moves, in one guarded statement. Raises: ``ResetOver``."""
    old = ResetState(reset.state)
    state = reset_steps.after(old, step)
    if state is None:
        raise ResetOver
    columns |= {"state": state, "over_at": now if state in reset_steps.OVER else None}
    unmoved = PasswordReset.objects.filter(pk=reset.pk, state=old, expires_at__gt=now)
    if unmoved.update(**columns) != 1:
        raise ResetOver
    for name, value in columns.items():
        setattr(reset, name, value)


def _all() -> QuerySet[PasswordReset]:
    """Return all resets, each with whether its user has moved to another mailbox than the one it asks for."""
    moved = EmailChange.objects.filter(user=OuterRef("user"), confirmed_at__gte=OuterRef("created_at"))
    return PasswordReset.objects.select_related("user__customer").annotate(has_moved=Exists(moved))  # type: ignore[no-redef]  # declared on the model for its readers


def _checked(reset: PasswordReset | None, ticket: str, *, now: datetime) -> PasswordReset:
    if reset is None or not digests.same(reset.binding, binding_of(reset.public_id, ticket)):
        raise ResetOver
    if reset.state == ResetState.DONE:
        return reset
    is_outdated = reset.user is not None and reset.user.session_version != reset.session_version
    if reset.state == ResetState.ENDED or reset.expires_at <= now or is_outdated or reset.has_moved:
        raise ResetOver
    return reset
