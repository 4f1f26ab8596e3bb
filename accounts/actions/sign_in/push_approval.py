"""Push approval of a sign-in or a password reset: sent, answered, withdrawn, used once (KEY-2, KEY-9, KEY-11).

The number and the request's reference are kept in the encrypted cookie of the page that asked, so that an
approval opens that and nothing else. Whether one may be sent is decided in accounts/policies/push_approval.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet

from accounts.actions import push, reports
from accounts.actions.sign_in import known_browsers
from accounts.enums import Action, CodePurpose, DenyReason, ReportKind, RequestState
from accounts.models import Key, Phone, PushChallenge, User
from accounts.models.authenticators import last_authenticated_at, used_since
from accounts.models.phones import new_reference
from accounts.policies import push_approval
from accounts.policies.keys import signed_messages
from accounts.refusals import (
    AppTooOld,
    CallNotSigned,
    CallTimeWrong,
    NumberWrong,
    Refusal,
    RequestDenied,
    RequestExpired,
    RequestOver,
    RequestsStopped,
    RequestWaiting,
    SignInTooSlow,
    Suspended,
    TooManyRequests,
    refusing,
)
from portal.audit.record import record
from portal.lib import client, digests, p256
from portal.throttle import limits
from portal.throttle.reserve import reserve

DENY = "deny"
_MOST_ANSWERED = 12  # all that can be answered within one silence, and the last two


class Undertaking(Protocol):
    """What a request is for: a sign-in or a password reset under way.

    ``proved_at``: when the proof that came before it was given, as in ``key_codes.use_code``.
    """

    @property
    def user_id(self) -> int: ...  # noqa: D102  as in check_password.Pending
    @property
    def session_version(self) -> int: ...  # noqa: D102
    @property
    def browser_scope(self) -> str: ...  # noqa: D102
    @property
    def proved_at(self) -> float: ...  # noqa: D102


@dataclass(frozen=True)
class SentRequest:
    """A request that was sent, and the number to type into the Key; the only place that holds it in clear."""

    request: PushChallenge
    number: str


@dataclass(frozen=True)
class Answer:
    """A phone's answer to a request, as signed. ``time``: seconds since 1970."""

    decision: str
    number: str
    reason: str
    time: int
    signature: str


# --- On the sign-in page -----------------------------------------------------------------------------


@refusing(lambda reached: TooManyRequests(until=cast("datetime", reached.until)))  # of a window that always ends
def ask(
    *,
    pending: Undertaking,
    origin: client.Origin,
    now: datetime,
    instead_of: Collection[str] = (),
    purpose: CodePurpose = CodePurpose.SIGN_IN,
) -> SentRequest | None:
    """Send a request to every phone with an active Key of this user; None if there is no such phone.

    ``instead_of``: the references of earlier requests of the same browser, which are withdrawn.
    Effects: one row, one event, a notification queued per phone; the user's row is locked meanwhile.
    Raises: ``TooManyRequests``, ``RequestsStopped``; ``SignInTooSlow`` if everything was ended since, or the password
    has already opened a sign-in.
    """
    with transaction.atomic():
        user = _locked(pending)
        if not phones_of(user.pk):
            return None
        for reference in instead_of:
            withdraw(reference)
        _check_limits(user, pending, now=now)
        number = digests.random_digits(settings.PORTAL_NUMBER_DIGITS)
        is_new = not known_browsers.is_known(pending.browser_scope)
        request = _send(user, number, purpose=purpose, is_new_browser=is_new, origin=origin, now=now)
        record(Action.REQUEST_SENT, by=None, on=user, now=now, origin=origin, flow=request.flow, request=request.pk)
        push.announce(request, now=now)
    return SentRequest(request, number)


def phones_of(user_id: int) -> list[Phone]:
    """Return the phones with an active Key of this user, oldest first."""
    live = Phone.objects.filter(ended_at=None, keys__user=user_id, keys__confirmed=True)
    return list(live.order_by("created_at"))


def withdraw(reference: str) -> bool:
    """End a request from the sign-in side, answered or not; tell whether there was one to end."""
    is_open = Q(state__in=(RequestState.WAITING, RequestState.APPROVED))
    ended = PushChallenge.objects.filter(is_open, reference=reference)
    return bool(ended.update(state=RequestState.WITHDRAWN, signature=""))


def state_of(reference: str, *, now: datetime) -> str:
    """Return the state of a request: a ``RequestState``, "expired", or "" for none. One statement."""
    row = PushChallenge.objects.filter(reference=reference).values_list("state", "expires_at").first()
    return push_approval.state_at(row[0], expires_at=row[1], now=now) if row else ""


def use(*, pending: Undertaking, reference: str, now: datetime, purpose: CodePurpose = CodePurpose.SIGN_IN) -> Key:
    """Use up the approval of this undertaking and return the Key that gave it, with its user.

    Effects: the request moves from approved to used in one guarded statement; Keys and user are locked.
    Needs: an open transaction. Raises: ``RequestWaiting``, ``RequestDenied``, ``RequestExpired``, ``RequestOver``;
    ``SignInTooSlow`` if everything was ended, or a second factor used, since the password; ``Suspended``.
    """
    user = _locked(pending)
    approved = PushChallenge.objects.filter(
        reference=reference,
        user=user,
        session_version=user.session_version,
        purpose=purpose,
        state=RequestState.APPROVED,
        expires_at__gt=now,
    )
    if not approved.update(state=RequestState.USED):
        raise _why_not(user, reference, now=now)
    keys = _live_keys().select_for_update(of=("self",)).filter(user=user)
    keys = keys.annotate(is_proof_used_up=used_since(pending.proved_at, user=OuterRef("user")))
    key = keys.filter(pk__in=PushChallenge.objects.filter(reference=reference).values("key")).first()
    if key is None:
        raise RequestOver  # the phone was turned off since
    if key.is_proof_used_up:
        raise SignInTooSlow
    key.user = user
    key.is_first_use, key.last_used_at = key.last_used_at is None, now
    key.save(update_fields=["last_used_at"])
    return key


def check_not_denied(reference: str) -> None:
    """Raise ``RequestDenied`` if the answer was "not me": no other second factor completes that sign-in, either."""
    denied = PushChallenge.objects.filter(reference=reference, state=RequestState.DENIED, reason=DenyReason.NOT_ME)
    if denied.exists():
        raise RequestDenied


def _locked(pending: Undertaking) -> User:
    """Lock the user of an undertaking."""
    users = User.objects.select_related("customer").select_for_update(of=("self",))
    user = users.filter(pk=pending.user_id, session_version=pending.session_version, is_active=True).first()
    if user is None:
        raise SignInTooSlow
    if user.suspended_at:
        raise Suspended
    return user


def _check_limits(user: User, pending: Undertaking, *, now: datetime) -> None:
    proved_at = last_authenticated_at(user)
    if proved_at and proved_at.timestamp() > pending.proved_at:
        raise SignInTooSlow
    answered = PushChallenge.objects.filter(user=user, answered_at__isnull=False).order_by("-created_at", "-pk")
    scope = known_browsers.shared_scope(pending.browser_scope)
    if known_browsers.is_known(scope):
        answered = answered.filter(is_new_browser=False)  # what was denied to strangers does not silence a known one
    past = answered.values_list("answered_at", "state", "reason")[:_MOST_ANSWERED]
    verdict = push_approval.may_ask(
        [push_approval.Past(at, *how) for at, *how in past if at], proved_at=proved_at, now=now
    )
    if verdict.is_stopped:
        raise RequestsStopped
    if verdict.until:
        raise TooManyRequests(until=verdict.until)
    reserve(limits.PUSH_REQUEST.of(user.username_hash, scope=scope), now=now)


def _send(
    user: User, number: str, *, purpose: CodePurpose, is_new_browser: bool, origin: client.Origin, now: datetime
) -> PushChallenge:
    reference = new_reference()
    return PushChallenge.objects.create(
        reference=reference,
        user=user,
        purpose=purpose,
        number_digest=_digest(reference, number),
        device=origin.device,
        address=origin.address,
        is_new_browser=is_new_browser,
        session_version=user.session_version,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.PORTAL_PUSH_SECONDS),
    )


def _digest(reference: str, number: str) -> str:
    return digests.keyed("request-number", f"{reference}|{number}")


def _why_not(user: User, reference: str, *, now: datetime) -> Refusal:
    """Return why a request cannot be used."""
    row = PushChallenge.objects.filter(reference=reference, user=user, session_version=user.session_version).first()
    if row is None:
        return SignInTooSlow()
    if row.state == RequestState.DENIED and row.reason == DenyReason.NOT_ME:
        return RequestDenied()
    by_state: dict[str, type[Refusal]] = {
        RequestState.WAITING: RequestWaiting,
        RequestState.USED: SignInTooSlow,
        push_approval.EXPIRED: RequestExpired,
    }
    return by_state.get(push_approval.state_at(row.state, expires_at=row.expires_at, now=now), RequestOver)()


# --- On the phone -----------------------------------------------------------------------------------


def waiting_for(phone: Phone, *, now: datetime) -> list[PushChallenge]:
    """Return the requests this phone may answer, newest first, each with its user and customer. One statement."""
    return list(
        PushChallenge.objects.select_related("user__customer")
        .filter(user__in=_live_keys().filter(phone=phone).values("user"))
        .filter(user__suspended_at=None, session_version=F("user__session_version"))
        .filter(state=RequestState.WAITING, expires_at__gt=now)
        .order_by("-created_at", "-pk")
    )


def answer(
    *, phone: Phone, reference: str, given: Answer, version: str, origin: client.Origin, now: datetime
) -> PushChallenge:
    """Record a phone's answer to a request for a user with an active Key on it.

    Effects: the request is answered for good, or a wrong number is counted (the last one ends the request); one
    event. Denying as "not me" opens a report. ``version``: of the Key app; an outdated one may still deny.
    Needs: no open transaction; a request signed by this phone. Raises: ``PushChallenge.DoesNotExist``,
    ``RequestOver``, ``CallNotSigned``, ``CallTimeWrong``, ``Suspended``, ``AppTooOld``, ``NumberWrong``.
    """
    refusal = None
    with transaction.atomic():
        request, key = _locked_request(phone, reference)
        _check_answer(request, phone, given, version=version, now=now)
        if given.decision == DENY:
            _deny(request, key, given, origin=origin, now=now)
        elif digests.same(request.number_digest, _digest(reference, given.number)):
            request.expires_at = max(request.expires_at, now + push_approval.GRACE)
            _close(request, RequestState.APPROVED, key, given, now=now)
            _record(Action.REQUEST_APPROVED, request, key, origin=origin, now=now)
        else:
            refusal = _count_wrong_number(request, key, origin=origin, now=now)
    if refusal:
        raise refusal
    return request


def _live_keys() -> QuerySet[Key]:
    return Key.objects.filter(confirmed=True, user__is_active=True, phone__isnull=False, phone__ended_at=None)


def _locked_request(phone: Phone, reference: str) -> tuple[PushChallenge, Key]:
    """Lock the user, then the request, and return it with the user's active Key on this phone."""
    asked = PushChallenge.objects.filter(reference=reference)
    user = User.objects.select_for_update().filter(pk__in=asked.values("user")).first()
    key = _live_keys().filter(phone=phone, user=user).first() if user else None
    if user is None or key is None:
        raise PushChallenge.DoesNotExist
    request = asked.select_for_update().get()
    request.user = user
    return request, key


def _check_answer(request: PushChallenge, phone: Phone, given: Answer, *, version: str, now: datetime) -> None:
    user = request.user
    is_open = request.state == RequestState.WAITING and request.expires_at > now
    if not is_open or request.session_version != user.session_version:
        raise RequestOver
    text = signed_messages.answer_text(
        request=request.reference,
        account=user.username,
        decision=given.decision,
        number=given.number,
        time=given.time,
    )
    if not p256.is_signed(text.encode(), given.signature, by=phone.public_key):
        raise CallNotSigned
    if abs(given.time - now.timestamp()) > settings.PORTAL_KEY_SKEW_SECONDS:
        raise CallTimeWrong
    if given.decision == DENY:
        return  # suspension and an outdated app prevent approving only
    if user.suspended_at:
        raise Suspended
    if not push_approval.is_current(version, minimum=settings.PORTAL_KEY_MIN_VERSION):
        raise AppTooOld


def _deny(request: PushChallenge, key: Key, given: Answer, *, origin: client.Origin, now: datetime) -> None:
    request.reason = DenyReason(given.reason)
    _close(request, RequestState.DENIED, key, given, now=now)
    _record(Action.REQUEST_DENIED, request, key, origin=origin, now=now, reason=given.reason)
    if request.reason == DenyReason.NOT_ME:
        kind = ReportKind.NOT_ME
        reports.open_report(
            user=request.user, kind=kind, device=request.device, origin=origin, now=now, flow=request.flow
        )


def _close(request: PushChallenge, state: RequestState, key: Key, given: Answer, *, now: datetime) -> None:
    request.state, request.key, request.answered_at = state, key, now
    request.signature, request.signed_at = given.signature, given.time
    fields = ["state", "key", "answered_at", "signature", "signed_at", "reason", "expires_at"]
    request.save(update_fields=fields)


def _count_wrong_number(request: PushChallenge, key: Key, *, origin: client.Origin, now: datetime) -> Refusal:
    """Count a wrong number and return the refusal; the last one ends the request."""
    tries_left = reserve(limits.PUSH_NUMBER.of(digests.keyed("request", request.reference)), now=now).tries_left
    if tries_left:
        return NumberWrong(tries_left=tries_left)
    request.state = RequestState.FAILED
    request.save(update_fields=["state"])
    _record(Action.REQUEST_FAILED, request, key, origin=origin, now=now)
    return RequestOver()


def _record(
    action: Action, request: PushChallenge, key: Key, *, origin: client.Origin, now: datetime, **facts: str
) -> None:
    record(
        action,
        by=request.user,
        on=request.user,
        now=now,
        origin=origin,
        flow=request.flow,
        request=request.pk,
        key=key.pk,
        **facts,
    )
