"""Find, lock and move first sign-ins, for the actions of this package."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.actions.welcome import letters
from accounts.enums import FirstSignInState
from accounts.models import FirstSignIn, User
from accounts.policies import welcome
from accounts.welcome_refusals import FirstSignInOver
from portal.lib import digests


def binding_of(public_id: UUID, ticket: str) -> str:
    """Return the digest that binds a first sign-in to the ticket of its browser."""
    return digests.keyed("first-sign-in", f"{public_id}|{ticket}")


def find(*, row_id: int, ticket: str, now: datetime) -> FirstSignIn:
    """Return the first sign-in this ticket belongs to. One statement. Raises: ``FirstSignInOver``."""
    return _checked(_all().filter(pk=row_id).first(), ticket, now=now)


def lock(row: FirstSignIn, ticket: str, *, now: datetime) -> FirstSignIn:
    """Lock the user, then the first sign-in. Needs: an open transaction. Raises: ``FirstSignInOver``."""
    list(User.objects.select_for_update(of=("self",)).filter(pk=row.user.pk))
    return _checked(_all().select_for_update(of=("self",)).filter(pk=row.pk).first(), ticket, now=now)


def need_state(row: FirstSignIn, state: FirstSignInState) -> None:
    """Refuse a first sign-in that is at any other step. Raises: ``FirstSignInOver``."""
    if row.state != state:
        raise FirstSignInOver


def move(row: FirstSignIn, step: str, *, now: datetime, **columns: object) -> None:
    """Take one step of the table of moves, in one guarded statement. Raises: ``FirstSignInOver``."""
    old = FirstSignInState(row.state)
    state = welcome.after(old, step)
    if state is None:
        raise FirstSignInOver
    columns |= {"state": state, "over_at": now if state in welcome.OVER else None}
    if FirstSignIn.objects.filter(pk=row.pk, state=old, expires_at__gt=now).update(**columns) != 1:
        raise FirstSignInOver
    for name, value in columns.items():
        setattr(row, name, value)


def _all() -> QuerySet[FirstSignIn]:
    """Return all first sign-ins, each with whether its letter may still let its user in."""
    may = letters.live().filter(pk=OuterRef("letter"), user__in=letters.openable())
    return FirstSignIn.objects.select_related("letter__user__customer").annotate(may_go_on=Exists(may))  # type: ignore[no-redef]  # declared on the model for its readers


def _checked(row: FirstSignIn | None, ticket: str, *, now: datetime) -> FirstSignIn:
    if row is None or not digests.same(row.binding, binding_of(row.public_id, ticket)):
        raise FirstSignInOver
    if row.state == FirstSignInState.DONE:
        return row
    if row.state == FirstSignInState.ENDED or row.expires_at <= now or not row.may_go_on:
        raise FirstSignInOver
    return row
