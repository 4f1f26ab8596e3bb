"""The owner objects ("not me"): the case stops, at any time, from any notice or while signed in."""

import contextlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.actions import sessions, suspension
from accounts.enums import Role
from accounts.models import User
from portal.audit.sealed_words import Words
from portal.lib import client, code_alphabet
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, reserve
from recovery.actions import case_holds, one_time_secrets, permissions, reviews, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, FlagKind, State
from recovery.models import Case, Event, StopCode
from recovery.policies import state_machine
from recovery.refusals import CaseNotOpen, MayNotDecide

# The holder signed in with a Key after the case was opened.
HAS_LIVE_KEY = Q(subject__key__last_used_at__gt=F("opened_at"), subject__key__confirmed=True)


def stop_by_code(*, reference: str, code: str, origin: client.Origin, now: datetime) -> None:
    """Act on the reference and stop code of a notice. Returns nothing: unknown, used and right ones look alike.

    A right code always works: its twelve characters cannot be guessed, so earlier wrong ones lock nothing. They
    count against their network, as wrong passwords do.
    Effects: the case is cancelled or contested. Needs: no open transaction.
    """
    stop = StopCode.objects.filter(digest=stop_digest(reference, code), used_at=None).first()
    if stop is None:
        with contextlib.suppress(LimitReached):
            reserve(*limits.NETWORK.of_network(origin.address), now=now)
        return
    with transaction.atomic():
        case = transitions.lock(stop.case_id)
        if StopCode.objects.filter(pk=stop.pk, used_at=None).update(used_at=now):
            _object(case, Who(Actor.OWNER, None, origin), "stopped_by_code", now=now)


def stop_signed_in(*, user: User, origin: client.Origin, now: datetime) -> Case:
    """Stop the open case on a user who signed in with both factors.

    Raises: ``CaseNotOpen`` if there is nothing to stop.
    """
    with transaction.atomic():
        case = transitions.lock(_open_case(user).pk)
        if not _object(case, Who(Actor.OWNER, user, origin), "stopped_signed_in", now=now):
            raise CaseNotOpen(case.state)
    return case


def cancel_own(*, user: User, origin: client.Origin, now: datetime) -> Case:
    """Withdraw the owner's own case, because they can sign in again ("yes, that is me").

    Needs: both factors given. Raises: ``CaseNotOpen``.
    """
    with transaction.atomic():
        case = transitions.lock(_open_case(user).pk)
        transitions.move(case, State.WITHDRAWN, "owner_is_back", who=Who(Actor.OWNER, user, origin), now=now)
    return case


def open_case_of(user: User) -> Case | None:
    """Return the open case on this user, if any: the one under way before a recovery that is done and holds."""
    return Case.objects.filter(subject=user, closed_at=None).order_by("-pk").first()


def stop_digest(reference: str, code: str) -> str:
    """Return the digest stored for a notice's reference and stop code."""
    return one_time_secrets.digest("stop-code", f"{code_alphabet.plain(reference)}{code_alphabet.plain(code)}")


def _open_case(user: User) -> Case:
    case = open_case_of(user)
    if case is None:
        raise CaseNotOpen(State.DONE)
    return case


def _object(case: Case, who: Who, action: str, *, now: datetime) -> bool:
    """Cancel or contest a locked case; return whether there was anything to stop.

    Contested: everything is held. After a completed recovery everything open is ended too and the user is suspended,
    since the password and the Key may be a stranger's; a later case that is under way is closed.
    """
    to = state_machine.after_objection(case.state, has_possession=bool(reviews.possession_of(case)))
    if to is None:
        return False
    was_completed = case.state == State.HOLD
    if was_completed and not _close_later(case, who, action, now=now):
        transitions.note(case, action, who=who, now=now)  # the later one is being looked at: one at a time
    else:
        transitions.move(case, to, action, who=who, now=now)
    if to == State.CONTESTED:
        case_holds.place(case, now=now)
    if was_completed:
        _freeze(case, now=now)
    return True


def _close_later(case: Case, who: Who, action: str, *, now: datetime) -> bool:
    """Close the case that was opened while this one held; return False if people are looking at it already."""
    later = Case.objects.filter(subject=case.subject, closed_at=None).exclude(pk=case.pk).first()
    if later is None:
        return True
    other = transitions.lock(later.pk)
    if other.state == State.CONTESTED:
        return False
    if other.state != State.HOLD:
        transitions.move(other, State.WITHDRAWN, action, who=who, now=now)
    return True


def _freeze(case: Case, *, now: datetime) -> None:
    user = User.objects.select_for_update(of=("self",)).get(recovery_cases=case)
    if user.suspended_at:  # already suspended for another reason, which stays; but open sessions end
        sessions.end_everything(user)
    else:
        suspension.suspend(user, reason=f"objection to case {case.number}", by=None, origin=None, now=now)


def refuse_live_key(case_id: int, *, now: datetime) -> None:
    """Contest and refuse a case whose holder's Key is in use, without waiting for the worker to find it.

    Called by each step that leads to a new Key. Needs: no open transaction. Raises: ``CaseNotOpen``.
    """
    if Case.objects.filter(HAS_LIVE_KEY, pk=case_id).exists() and contest_live_key(case_id, now=now):
        raise CaseNotOpen(State.CONTESTED)


def contest_live_key(case_id: int, *, now: datetime) -> int:
    """Contest a case whose holder has signed in with a Key since it was opened: somebody there has both factors."""
    with transaction.atomic():
        case = transitions.lock(case_id)
        if case.state not in state_machine.DISPUTABLE:
            return 0
        transitions.move(case, State.CONTESTED, "key_is_alive", who=Who(Actor.SYSTEM), now=now)
        case_holds.place(case, now=now)
    return 1


def contest_by_desk(*, case: Case, reason: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Stop a case because a caller turned out to be another claimant on the same user.

    Effects: as an owner's objection; the reason is kept in the record. Two seniors decide it.
    Raises: ``NotAllowed``, ``CaseNotOpen``, ``NotComplete``.
    """
    permissions.need_role(by, Role.AGENT, Role.SENIOR)
    who = Who(Actor.SENIOR if by.has_role(Role.SENIOR) else Actor.AGENT, by, origin)
    with transaction.atomic():
        locked = transitions.lock(case.pk)
        transitions.need_state(locked, *state_machine.DISPUTABLE)
        reviews.need_reason(reason)
        transitions.flag(locked, FlagKind.COMPETING, who=who, now=now)
        transitions.move(
            locked, State.CONTESTED, "contested_by_desk", who=who, now=now, body={"reason": Words(reason.strip())}
        )
        case_holds.place(locked, now=now)
    return locked


def suspending(at: Any) -> QuerySet[Event]:
    """Return the objections that suspended their owner at this moment."""
    return Event.objects.filter(from_state=State.HOLD, to_state=State.CONTESTED, at=at)


def reinstate(user: User, *, now: datetime) -> None:
    """Reinstate a holder who has recovered, if an objection to a recovery had suspended them.

    A suspension that the firm imposed for another reason stays. Needs: the transaction of the completion.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.suspended_at and suspending(user.suspended_at).filter(case__subject=user).exists():
        suspension.reinstate(user, reason="recovered", by=None, origin=None, now=now)


def refuse_contested(*, case: Case, reason: str, by: User, origin: client.Origin, now: datetime) -> Case:
    """Refuse a contested case: the first senior proposes, another one ends it.

    Raises: ``NotAllowed``, ``CaseNotOpen``, ``MayNotDecide`` (the same senior twice, or the maker), ``NotComplete``.
    """
    permissions.need_role(by, Role.SENIOR)
    who = Who(Actor.SENIOR, by, origin)
    with transaction.atomic():
        locked = transitions.lock(case.pk)
        transitions.need_state(locked, State.CONTESTED)
        reviews.need_reason(reason)
        if by.pk == locked.maker_id:
            raise MayNotDecide
        first = locked.events.filter(action="refusal_proposed").order_by("-n").first()
        if first is None:
            transitions.note(locked, "refusal_proposed", who=who, now=now, body={"reason": Words(reason.strip())})
        elif first.actor_id == by.pk:
            raise MayNotDecide
        else:
            transitions.move(
                locked, State.REFUSED, "contest_refused", who=who, now=now, body={"reason": Words(reason.strip())}
            )
    return locked
