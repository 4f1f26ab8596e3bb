"""Widening the networks: asked for by the customer or for a caller, verified by one, decided by another (NET-2)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import notice_kinds
from accounts.actions import holds, notify
from accounts.actions.networks import rules
from accounts.enums import Action, HoldScope, NetworkOutcome, Role
from accounts.models import NetworkRequest, User
from accounts.network_refusals import NetworksChanged, RequestNotOpen, TooManyNetworks
from accounts.policies import networks
from accounts.policies.networks import Network
from accounts.refusals import refusing, too_often
from portal.audit.record import record
from portal.lib import client
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import reserve


class NotTheirsToDecide(Exception):
    """Their role does not allow it, the request is their own, or they were the first of the two."""


def open_of(user: User) -> NetworkRequest | None:
    """Return the request of this user that waits for a decision, or None."""
    return NetworkRequest.objects.filter(user=user, outcome="").first()


def may_verify(by: User, user: User) -> bool:
    """Tell whether this member of staff may take or verify a request of that user: never their own."""
    return not by.is_same_person(user) and (
        by.has_role(Role.OPERATOR) if user.is_staff else by.has_role(Role.AGENT, Role.SENIOR)
    )


def may_decide(by: User, request: NetworkRequest) -> bool:
    """Tell whether this member of staff may decide: a second person, who had no part in the request."""
    before = filter(None, (request.user, request.asked_by, request.maker))
    is_second = not any(by.is_same_person(one) for one in before)
    return is_second and by.has_role(Role.OPERATOR if request.user.is_staff else Role.SENIOR)


@refusing(too_often)
@transaction.atomic
def ask(
    *,
    user: User,
    wanted: Collection[Network],
    allows_pass: bool,
    by: User,
    origin: client.Origin | None,
    now: datetime,
) -> NetworkRequest:
    """Ask support for another list, an empty one for no limit. Asked by staff for a caller, it counts as verified.

    Effects: one row with a reference, one event, one notice on every channel.
    Raises: ``RequestNotOpen`` if one is open already, ``TooManyNetworks``, ``NotTheirsToDecide``, ``NetworksHeld``;
    ``TooOften`` for the user themselves.
    """
    if len(wanted) > networks.MOST:
        raise TooManyNetworks(most=networks.MOST)
    is_for_caller = by != user
    if is_for_caller and not may_verify(by, user):
        raise NotTheirsToDecide
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if open_of(locked):
        raise RequestNotOpen
    holds.refuse_held(locked, HoldScope.IP_RULE, now=now)
    if not is_for_caller:
        reserve(limits.NETWORK_REQUEST.of(locked.username_hash), now=now)
    made = NetworkRequest.objects.create(
        reference=queue.new_reference("W"),
        user=locked,
        wanted=[str(one) for one in networks.ordered(wanted)],
        seen=rules.version_of(rules.of(locked)),
        allows_pass=allows_pass,
        asked_by=by,
        asked_at=now,
        maker=by if is_for_caller else None,
        verified_at=now if is_for_caller else None,
    )
    record(Action.NETWORKS_ASKED, by=by, on=locked, now=now, origin=origin, flow=_flow(made), request=made.pk)
    notify.notify_everywhere(locked, notice_kinds.NETWORKS_ASKED, now=now, request=made.reference, at=now.isoformat())
    return made


@transaction.atomic
def verify(*, request: NetworkRequest, by: User, origin: client.Origin | None, now: datetime) -> None:
    """Record that this member of staff has spoken to the customer and that the request is theirs.

    Effects: the row, in one guarded statement; one event. Raises: ``NotTheirsToDecide``, ``RequestNotOpen``.
    """
    if not may_verify(by, request.user):
        raise NotTheirsToDecide
    waiting = NetworkRequest.objects.filter(pk=request.pk, outcome="", maker=None)
    if not waiting.update(maker=by, verified_at=now):
        raise RequestNotOpen
    on = request.user
    record(Action.NETWORKS_VERIFIED, by=by, on=on, now=now, origin=origin, flow=_flow(request), request=request.pk)


@transaction.atomic
def decide(
    *, request: NetworkRequest, outcome: NetworkOutcome, by: User, origin: client.Origin | None, now: datetime
) -> None:
    """Approve a verified request, which replaces the list at once, or refuse one.

    Effects: the row, in one guarded statement; the list; events and notices.
    Needs: a Key code of ``by`` spent by the caller.
    Raises: ``NotTheirsToDecide``, ``RequestNotOpen``, ``NetworksHeld`` for an approval; ``NetworksChanged`` if the list
    was changed since it was asked.
    """
    if not may_decide(by, request):
        raise NotTheirsToDecide
    user = User.objects.select_for_update(of=("self",)).get(pk=request.user_id)
    is_ready = Q(maker__isnull=False) if outcome == NetworkOutcome.APPROVED else Q()
    waiting = NetworkRequest.objects.filter(is_ready, pk=request.pk, outcome="")
    if not waiting.exclude(maker=by).update(outcome=outcome, checker=by, decided_at=now):
        raise RequestNotOpen
    if outcome == NetworkOutcome.APPROVED:
        holds.refuse_held(user, HoldScope.IP_RULE, now=now)
        _widen(user, request, by=by, origin=origin, now=now)
    _close(user, request, outcome, by=by, origin=origin, now=now)


@transaction.atomic
def withdraw(*, user: User, by: User, origin: client.Origin, now: datetime) -> None:
    """Withdraw the user's own open request. Effects: the row, one event, one notice. Raises: ``RequestNotOpen``."""
    request = open_of(user)
    if request is None:
        raise RequestNotOpen
    waiting = NetworkRequest.objects.filter(pk=request.pk, outcome="")
    if not waiting.update(outcome=NetworkOutcome.WITHDRAWN, decided_at=now):
        raise RequestNotOpen
    _close(user, request, NetworkOutcome.WITHDRAWN, by=by, origin=origin, now=now)


def _widen(user: User, request: NetworkRequest, *, by: User, origin: client.Origin | None, now: datetime) -> None:
    if rules.version_of(rules.of(user)) != request.seen:
        raise NetworksChanged
    wanted = networks.read_all(request.wanted)
    rules.replace(user, wanted, now=now)
    user.allows_travel_pass = request.allows_pass
    user.save(update_fields=["allows_travel_pass"])
    facts = {"request": request.pk, "after": len(wanted)}
    record(Action.NETWORKS_WIDENED, by=by, on=user, now=now, origin=origin, flow=_flow(request), **facts)
    rules.tell(user, "wider" if wanted else "open", count=len(wanted), origin=None, now=now)


def _close(
    user: User,
    request: NetworkRequest,
    outcome: NetworkOutcome,
    *,
    by: User,
    origin: client.Origin | None,
    now: datetime,
) -> None:
    facts = {"request": request.pk, "outcome": str(outcome)}
    record(Action.NETWORKS_DECIDED, by=by, on=user, now=now, origin=origin, flow=_flow(request), **facts)
    notify.notify_everywhere(
        user,
        notice_kinds.NETWORKS_DECIDED,
        now=now,
        request=request.reference,
        outcome=str(outcome),
        at=now.isoformat(),
    )


def _flow(request: NetworkRequest) -> str:
    return f"networks:{request.pk}"
